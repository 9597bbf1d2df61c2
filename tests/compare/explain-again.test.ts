/** Every method's own record is enough to make its attribution again, to the last bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainAgain } from '../../dist/src/compare/explain-again.js';
import { METHODS, type MethodOptions } from '../../dist/src/compare/methods.js';
import { type Attribution, lime, type Model } from '../../dist/src/index.js';
import { noise } from '../toy-model.ts';
import { loadToy, SIDE } from './contract-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'again-'));
const image = { tensor: noise([1, 3, SIDE, SIDE], 3) };
/** None of them the default. */
const unusual: MethodOptions = {
  samples: 33,
  segments: 6,
  steps: 3,
  window: '5x4',
  stride: 2,
  seed: 7,
  noiseSamples: 2,
  baseline: 'blur:3',
  kernelWidth: 0.5,
  quadrature: 'left',
};
let model: Model;
beforeAll(async () => {
  model = await loadToy(folder, 'random');
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

describe.each(METHODS.map((method) => [method.name, method] as const))('%s', (_, method) => {
  const rows = [
    ['defaults', { samples: 40, targets: [2, 0] }],
    ['options', { ...unusual, targets: [0, 1] }],
    ['the other score', { score: method.score === 'logit' ? 'probability' : 'logit', samples: 20, targets: [1] }],
  ] as const;
  // LRP has no rule for the softmax.
  const possible = method.name === 'lrp' ? rows.slice(0, 2) : rows;
  test.each(possible)('%s', async (_, options) => {
    const attributions = await method.explain(model, image, options);
    const again = await explainAgain(model, image, attributions, {});
    expect(again.map((one) => one?.data)).toEqual(attributions.map(({ data }) => data));
    expect(again.map((one) => one?.target)).toEqual(attributions.map(({ target }) => target));
  });
});

test('a label map of one’s own is taken again', async () => {
  const data = Int32Array.from({ length: SIDE * SIDE }, (_, at) => 10 * Math.floor((at % SIDE) / 5));
  const once = await lime(model, image, { segmentation: { data, shape: [SIDE, SIDE] }, samples: 20 });
  const [again] = await explainAgain(model, image, [once], {});
  expect(again!.data).toEqual(once.data);
});

test('what no method of this package made is left out', async () => {
  const [made] = await METHODS[0]!.explain(model, image, { targets: [0] });
  const foreign: Attribution = { ...made!, method: 'captum-ig' };
  const again = await explainAgain(model, image, [foreign, made!], {});
  expect(again.map((one) => one?.method)).toEqual([undefined, METHODS[0]!.name]);
});
