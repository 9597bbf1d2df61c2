/** Maps made elsewhere lie where they should, agree with ours where they are the same, and are refused where they do not fit. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compare, importAttribution, loadModel, type Model, spatialMap } from '../../dist/src/index.js';
import { readNpy } from '../npy.ts';
import { noise } from '../toy-model.ts';
import { loadToy, SIDE } from './contract-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const image = { tensor: noise([3, SIDE, SIDE], 3) };
let model: Model;
beforeEach(async () => {
  model = await loadToy(folder, 'random');
});
afterEach(() => model.close());

const map = (shape: number[], seed = 5) => ({ name: 'other', ...noise(shape, seed) });

test('our own values, brought back from outside, are the same map', async () => {
  const { attributions } = await compare(model, image, { methods: ['saliency'], targets: [1, 2] });
  const maps = attributions.map(({ data, shape, target }) => ({ name: 'other', data, shape, target: target.index }));
  const again = await compare(model, image, { methods: ['input-x-gradient'], targets: [1, 2], attributions: maps });
  expect(again.attributions.map(({ method, target }) => [method, target.index])).toEqual([
    ['input-x-gradient', 1],
    ['input-x-gradient', 2],
    ['other', 1],
    ['other', 2],
  ]);
  expect(again.attributions.slice(2).map(({ data, score }) => [data, score])).toEqual(
    attributions.map(({ data, score }) => [data, score]),
  );
  expect(again.agreement.methods.slice(2)).toEqual(['other', 'other']);
});

test('pixels lie on pixels, and channels are summed', async () => {
  const given = map([3, SIDE, SIDE]);
  const { data, lattice } = spatialMap(await importAttribution(model, image, given));
  const plane = SIDE * SIDE;
  expect(data[17]).toBeCloseTo(given.data[17]! + given.data[17 + plane]! + given.data[17 + 2 * plane]!, 5);
  expect(lattice).toEqual({ originY: 0, originX: 0, stepY: 1, stepX: 1 });
});

test('cells cover the input evenly: the centre of the first of 7 cells of 2 pixels is between them', async () => {
  const { lattice, shape } = await importAttribution(model, image, map([7, 2]));
  expect(shape).toEqual([7, 2]);
  expect(lattice).toEqual({ originY: 0.5, originX: 3, stepY: 2, stepX: 7 });
});

test('axes of length 1 before the map, as captum has them, are dropped', async () => {
  expect((await importAttribution(model, image, map([1, 3, SIDE, SIDE]))).shape).toEqual([3, SIDE, SIDE]);
  expect((await importAttribution(model, image, map([1, 1, 5, 4]))).shape).toEqual([5, 4]);
});

test('a map that is the same everywhere carries a warning', async () => {
  const flat = { name: 'flat', data: new Float32Array(4).fill(2), shape: [2, 2] };
  expect((await importAttribution(model, image, flat)).warnings).toEqual([
    'attribution flat has the same value everywhere: it ranks no pixel before another.',
  ]);
});

describe('is refused in one sentence', () => {
  const changed = (data: Float32Array, at: number, value: number) => data.map((old, i) => (i === at ? value : old));
  test.each([
    [
      'NaN',
      { ...map([4, 4]), data: changed(noise([4, 4], 5).data, 6, Number.NaN) },
      /finite.*received NaN at position 6/,
    ],
    ['a batch of two', map([2, 3, SIDE, SIDE]), /attribution other: expected \[3, 14, 14\].*received \[2, 3, 14, 14\]/],
    ['a vector', map([14]), /received \[14\]/],
    ['two channels', map([2, SIDE, SIDE]), /received \[2, 14, 14\]/],
    ['more cells than pixels', map([SIDE + 1, SIDE]), /received \[15, 14\]/],
    ['values that are missing', { ...map([4, 4]), shape: [4, 5] }, /expected 20 values, received 16/],
    ["a method's name", { ...map([4, 4]), name: 'GradCAM' }, /expected a name that no method.*'GradCAM'/],
    ["a method's numbered column", { ...map([4, 4]), name: 'lime-2' }, /expected a name that no method.*'lime-2'/],
    ['a name with a slash', { ...map([4, 4]), name: '../x' }, /name of an attribution: expected letters/],
  ])('%s', async (_, given, sentence) => {
    const options = { methods: ['saliency'], targets: [0], attributions: [given] };
    await expect(compare(model, image, options)).rejects.toThrow(sentence);
  });

  test.each([
    [
      'one class of two',
      [{ ...map([4, 4]), target: 'ant' }],
      /attribution other: expected one map for class 1, received none/,
    ],
    ['two for a class', [map([4, 4]), { ...map([5, 5]), target: 0 }], /expected one map for class 0, received 2/],
    ['a class that is not compared', [{ ...map([4, 4]), target: 'cow' }], /compared, 0, 1, received one for class 2/],
    ['no class', [{ ...map([4, 4]), target: 'cat' }], /target: expected the name or index of one class/],
  ])('a map for %s', async (_, attributions, sentence) => {
    await expect(compare(model, image, { methods: [], targets: [0, 1], attributions })).rejects.toThrow(sentence);
  });
});

const REFERENCE = '../shared/reference/squeezenet1_1-cat-dog';
const SQUEEZENET = '../shared/data/models/squeezenet1_1';

test.skipIf(!existsSync(REFERENCE) || !existsSync(SQUEEZENET))(
  "captum's own files agree with our methods of the same name (needs ../shared)",
  async () => {
    const read = (name: string) => readNpy(`${REFERENCE}/${name}.npy`);
    const input = read('input');
    await using squeezenet = await loadModel(SQUEEZENET, { workers: 1 });
    const captum = (name: string) => ({ name: `captum-${name}`, ...read(`${name}-281`) });
    const { agreement } = await compare(
      squeezenet,
      { tensor: { data: Float32Array.from(input.data), shape: input.shape } },
      {
        methods: ['input-x-gradient', 'integrated-gradients', 'occlusion:window=32:stride=16'],
        targets: [281],
        attributions: [captum('integrated-gradients'), captum('occlusion-32-16')],
      },
    );
    expect(agreement.methods.slice(-2)).toEqual(['captum-integrated-gradients', 'captum-occlusion-32-16']);
    expect(agreement.pearson[1]![3]).toBeGreaterThan(0.9999);
    expect(agreement.pearson[2]![4]).toBeGreaterThan(0.9999);
    expect(agreement.pearson[0]![3]).toBeLessThan(0.9);
  },
);
