/** Class activation maps of several layers, and of several versions of the picture. */
import { describe, expect, test } from 'vitest';
import { ablationCam, gradCam, hiResCam, layerCam, scoreCam, smoothGradCamPlusPlus } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { relativeError } from '../distance.ts';
import { type Cam, features, image, loader, weights } from './cam-toys.ts';

const load = loader();

describe('several layers', () => {
  const twoStages = (b: Builder) => {
    const coarse = b.op('Relu', [
      b.op('Conv', [features(b), weights(b, [5, 6, 3, 3], 7)], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    ]);
    return b.op('MatMul', [b.op('Flatten', [coarse]), weights(b, [5 * 6, 3], 11)]);
  };

  test('are each scaled to 0–1, and fused where their cells lie', async () => {
    await using model = await load(twoStages);
    const names = ['t1_Relu', 't3_Relu'];
    const [fine, coarse] = [
      await gradCam(model, image, { target: 1, layer: names[0]! }),
      await gradCam(model, image, { target: 1, layer: names[1]! }),
    ];
    expect([fine.shape, coarse.shape]).toEqual([
      [4, 5],
      [2, 3],
    ]);
    const scaled = ({ data }: { data: Float32Array }) => {
      const least = Math.min(...data);
      return data.map((value) => (value - least) / (Math.max(...data) - least));
    };
    const [a, b] = [scaled(fine), scaled(coarse)];
    // Cell (i, j) of the first layer lies at 2 i, one of the second at 4 i: every other cell is in common.
    for (const [fuse, how] of [
      ['max', Math.max],
      ['mean', (p: number, q: number) => (p + q) / 2],
      ['tanh-max', (p: number, q: number) => Math.max(Math.tanh(2 * p), Math.tanh(2 * q))],
    ] as const) {
      const { data, shape, options } = await gradCam(model, image, { target: 1, layer: names, fuse });
      expect(shape).toEqual([4, 5]);
      expect(options).toMatchObject({ layer: names, fuse });
      for (const [y, x] of [
        [0, 0],
        [0, 1],
        [1, 2],
      ] as const) {
        expect(data[2 * y * 5 + 2 * x]).toBeCloseTo(how(a[2 * y * 5 + 2 * x]!, b[y * 3 + x]!), 5);
      }
    }
    const listed = await gradCam(model, image, { target: 1, layer: names.join(',') });
    expect(listed.options).toMatchObject({ layer: names });
    await expect(gradCam(model, image, { target: 1, layer: names, filters: [1] })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining('filters: expected one layer'),
    });
  });

  test('report progress that grows to one total', async () => {
    await using model = await load(twoStages);
    const explainers: readonly Cam[] = [gradCam, scoreCam, ablationCam, smoothGradCamPlusPlus];
    for (const explain of explainers) {
      const seen: { done: number; total: number }[] = [];
      await explain(model, image, { targets: [0, 1], layer: 't1_Relu,t3_Relu', onProgress: (step) => seen.push(step) });
      expect(new Set(seen.map(({ total }) => total)).size).toBe(1);
      expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
      seen.forEach(({ done }, at) => {
        expect(done).toBeGreaterThan(seen[at - 1]?.done ?? 0);
      });
    }
  });
});

describe('the mean of six versions of the picture, pytorch-grad-cam’s aug_smooth', () => {
  /** Cells of 2 × 2 pixels side by side: those of a mirrored picture are the mirrored cells. */
  const tiled = (b: Builder) => {
    const maps = b.op('Relu', [b.op('Conv', ['x', weights(b, [6, 3, 2, 2], 3)], { strides: [2, 2] })]);
    return b.op('MatMul', [b.op('Tanh', [b.op('Flatten', [maps])]), weights(b, [6 * 20, 3], 5)]);
  };
  const changed = (factor: number, isMirrored: boolean) => {
    const { data, shape } = image.tensor;
    const from = (at: number) => (isMirrored ? at - (at % 10) + 9 - (at % 10) : at);
    return { tensor: { data: data.map((_, at) => factor * data[from(at)]!), shape } };
  };
  const explainers: readonly [string, Cam][] = [
    ['gradCam', gradCam],
    ['layerCam', layerCam],
    ['scoreCam', scoreCam],
    ['ablationCam', ablationCam],
  ];

  test.each(explainers)('%s', async (_, explain) => {
    await using model = await load(tiled);
    const [, found] = await explain(model, image, { targets: [0, 2], augSmooth: true });
    const wanted = new Float64Array(20);
    for (const isMirrored of [false, true]) {
      for (const factor of [0.9, 1, 1.1]) {
        const { data } = await explain(model, changed(factor, isMirrored), { target: 2 });
        const [least, most] = [Math.min(...data), Math.max(...data)];
        for (const [cell, value] of data.entries()) {
          const place = isMirrored ? cell - (cell % 5) + 4 - (cell % 5) : cell;
          wanted[place]! += (value - least) / (most - least) / 6;
        }
      }
    }
    expect(relativeError(found!.data, wanted)).toBeLessThan(1e-5);
    expect(found).toMatchObject({ options: { augSmooth: true }, unit: 'share of the strongest cell' });
    expect(found!.target.index).toBe(2);
  });

  test('counts its passes, and reports progress that grows to one total', async () => {
    await using model = await load(tiled);
    const seen: { done: number; total: number }[] = [];
    const onProgress = (step: { done: number; total: number }) => seen.push(step);
    const { forwardPasses, backwardPasses } = await gradCam(model, image, { target: 1, augSmooth: true, onProgress });
    expect([forwardPasses, backwardPasses]).toEqual([13, 6]);
    expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([6]));
    expect(seen.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('cells lie where they lie: a bright spot stays in its place where the layer’s cells are not spread evenly', async () => {
    // Cell i of a convolution with padding lies at pixel 2 i, cell i of the mirror image at 9 − 2 i.
    const spots = (b: Builder) => {
      const kernel = b.constant('float32', [0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 1, 3, 3]);
      const grey = b.op('ReduceMean', ['x', b.constant('int64', [1])], { keepdims: 1 });
      const maps = b.op('Relu', [b.op('Conv', [grey, kernel], { strides: [2, 2], pads: [1, 1, 1, 1] })]);
      return b.op('MatMul', [b.op('Flatten', [maps]), b.constant('float32', Array(40).fill(1), [20, 2])]);
    };
    await using model = await load(spots);
    const data = Float32Array.from({ length: 240 }, (_, at) => Math.max(0, 4 - Math.abs((at % 10) - 4)));
    const settings = { target: 0, layer: 'Relu' };
    const plain = await hiResCam(model, { tensor: { data, shape: [1, 3, 8, 10] } }, settings);
    const smooth = await hiResCam(model, { tensor: { data, shape: [1, 3, 8, 10] } }, { ...settings, augSmooth: true });
    expect([...plain.data].slice(0, 5).map((value) => value / plain.data[2]!)).toEqual([0, 0.5, 1, 0.5, 0]);
    const [, second, third, fourth] = smooth.data;
    expect(second).toBeCloseTo(fourth!, 5);
    expect(third).toBeGreaterThan(second!);
  });

  test('has no parts', async () => {
    await using model = await load(tiled);
    await expect(gradCam(model, image, { augSmooth: true, filters: [1] })).rejects.toThrow(
      'filters: expected one layer, whose parts they are, received the mean of several pictures.',
    );
  });
});
