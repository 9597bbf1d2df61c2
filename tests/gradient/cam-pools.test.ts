/** Class activation maps on one pool, batch and layout as on another. */
import { describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { ablationCam, scoreCam } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { relativeError } from '../distance.ts';
import { CELLS, deep, features, image, loader, weights } from './cam-toys.ts';

const load = loader();

describe('on one pool as on another', () => {
  const cams = METHODS.filter(({ family, name }) => family === 'cam' && name !== 'cam');
  const plain = cams.map((method) => ({ ...method, smoothing: {} }));
  const smoothed = ['layer-cam', 'score-cam'].map((wanted) => {
    const method = cams.find(({ name }) => name === wanted)!;
    return { ...method, name: `${wanted} smoothed`, smoothing: { augSmooth: true, eigenSmooth: true } };
  });
  test.each([...plain, ...smoothed])('$name gives the same bytes', async ({ explain, smoothing }) => {
    const runs: string[] = [];
    for (const [workers, batch] of [
      [1, 4],
      [2, 2],
      [2, 8],
    ] as const) {
      await using model = await load(deep, { workers, batch });
      const settings = { targets: [0, 1], seed: 3, noiseSamples: 5, steps: 3, baseline: 'noise', ...smoothing };
      const found = await explain(model, image, settings);
      runs.push(found.map(({ data }) => Buffer.from(data.buffer).toString('hex')).join());
    }
    expect(runs[1]).toBe(runs[0]);
    expect(runs[2]).toBe(runs[0]);
  });

  test.each(cams)('$name is near to that on a model of a fixed batch', async ({ explain }) => {
    await using dynamic = await load(deep);
    await using fixed = await load(deep, {}, [1, 3, 8, 10]);
    const settings = { targets: [1], noiseSamples: 2, steps: 2 };
    const [[a], [b]] = [await explain(dynamic, image, settings), await explain(fixed, image, settings)];
    expect(relativeError(b!.data, a!.data)).toBeLessThan(1e-4);
  });
});

test('Score-CAM masks what the model sees where its channels stand last', async () => {
  const transposed = (b: Builder) => deepOf(b, b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] }));
  const deepOf = (b: Builder, x: string) =>
    b.op('MatMul', [b.op('Flatten', [features(b, x)]), weights(b, [6 * CELLS, 3], 5)]);
  await using first = await load((b) => deepOf(b, 'x'));
  await using last = await load(transposed, {}, ['N', 8, 10, 3]);
  const data = Float32Array.from({ length: 240 }, (_, at) => image.tensor.data[(at % 3) * 80 + Math.floor(at / 3)]!);
  for (const explain of [scoreCam, ablationCam]) {
    const wanted = await explain(first, image, { target: 1, layer: 'Relu', relu: false });
    const found = await explain(
      last,
      { tensor: { data, shape: [1, 8, 10, 3] } },
      { target: 1, layer: 'Relu', relu: false },
    );
    expect(relativeError(found.data, wanted.data)).toBeLessThan(1e-5);
  }
});
