/** What every method promises, checked for all that are registered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { optionsOf } from '../../dist/src/compare/method-options.js';
import { METHODS, type MethodOptions } from '../../dist/src/compare/methods.js';
import { type Attribution, type Model, type Progress, spatialMap } from '../../dist/src/index.js';
import { noise } from '../toy-model.ts';
import { loadToy, SIDE } from './contract-toys.ts';

const image = { tensor: noise([1, 3, SIDE, SIDE], 3) };
const white = { tensor: { data: new Float32Array(3 * SIDE * SIDE).fill(1), shape: [1, 3, SIDE, SIDE] } };
const few: MethodOptions = {
  samples: 40,
  segments: 6,
  steps: 4,
  window: 5,
  seed: 1,
  noiseSamples: 2,
  denominator: 'coverage', // a mean, where RISE's default also shows how unevenly its masks cover the picture
};
/** The values as they are shown, from the level that some are measured from. */
const measured = ({ data, level = 0 }: Attribution) => data.map((value) => value - level);

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
/** The same model in two pools: one worker and batches of 2, two workers and batches of 5. */
let model: Model;
let other: Model;
let constant: Model;
let brittle: Model;
beforeAll(async () => {
  model = await loadToy(folder, 'random', { batch: 2 });
  other = await loadToy(folder, 'random', { batch: 5, workers: 2 });
  constant = await loadToy(folder, 'constant');
  brittle = await loadToy(folder, 'brittle');
});
afterAll(async () => {
  await Promise.all([model, other, constant, brittle].map((loaded) => loaded.close()));
  rmSync(folder, { recursive: true });
});

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('names, titles and aliases are unique', () => {
  for (const all of [METHODS.map(({ name }) => name), METHODS.map(({ title }) => title)]) {
    expect(new Set(all).size).toBe(all.length);
  }
  const aliases = METHODS.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) => name.toLowerCase());
  expect(new Set(aliases).size).toBe(aliases.length);
});

describe.each(METHODS.map((method) => [method.name, method] as const))('%s', (name, method) => {
  const explain = (options: object = {}, by: Model = model) => method.explain(by, image, { ...few, ...options });
  const explainAll = (targets: (number | string)[], by: Model = model) =>
    method.explain(by, image, { ...few, targets });

  test('says what it is, with values of its shape', async () => {
    const { data, shape, ...found } = await explain({ target: 'bee' });
    expect(data).toHaveLength(shape.reduce((product, length) => product * length, 1));
    expect(data.every(Number.isFinite)).toBe(true);
    expect(data.some((value) => value !== 0)).toBe(true);
    expect(found).toMatchObject({ method: name, scoreKind: method.score, inputSize: [SIDE, SIDE] });
    expect(found.target).toMatchObject({ index: 1, label: 'bee' });
    const { height, width, data: map } = spatialMap({ data, shape, ...found });
    expect(map).toHaveLength(height * width);
    // A method without a choice of layers may still say which one it took.
    expect([...optionsOf(method), 'layer']).toEqual(expect.arrayContaining(Object.keys(found.options)));
    expect(JSON.parse(JSON.stringify(found.options))).toEqual(found.options);
    expect(found.forwardPasses).toBeGreaterThan(0);
    expect(found.backwardPasses > 0).toBe(method.needs.includes('gradient'));
  });

  test('has negative values only if it is signed', async () => {
    const all = await explainAll([0, 1, 2]);
    expect(all.some((attribution) => measured(attribution).some((value) => value < 0))).toBe(method.isSigned);
  });

  test('explains the predicted class unless told otherwise, and several in order', async () => {
    const [best] = await model.classify(image);
    expect((await explain()).target).toEqual(best);
    const [cow, ant] = await explainAll(['cow', 0]);
    expect([cow!.target.label, ant!.target.label]).toEqual(['cow', 'ant']);
    expect(cow!.data).toEqual((await explain({ target: 2 })).data);
    expect(ant!.data).toEqual((await explain({ target: 'ant' })).data);
  });

  test('refuses a class that is none', async () => {
    await expect(explain({ target: 3 })).rejects.toMatchObject({ code: 'ERR_TARGET' });
  });

  test('gives the same bytes in every run with a seed, by any number of workers and in any batch', async () => {
    const first = await explainAll([0, 1, 2]);
    for (const again of [await explainAll([0, 1, 2]), await explainAll([0, 1, 2], other)]) {
      expect(again.map(({ data }) => data)).toEqual(first.map(({ data }) => data));
    }
    const concurrent = await Promise.all([explain({}, other), explain({}, other)]);
    expect(concurrent[0]!.data).toEqual(concurrent[1]!.data);
  });

  test('stops with the reason of the signal, and the model goes on', async () => {
    const reason = new Error('enough');
    await expect(explain({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    let wasDone = false;
    const onProgress = ({ done, total }: Progress) => {
      if (!controller.signal.aborted) wasDone = done === total;
      controller.abort(reason);
    };
    const outcome = await explain({ signal: controller.signal, onProgress }).catch((error) => error);
    if (!wasDone) expect(outcome).toBe(reason);
    expect((await explain()).data.every(Number.isFinite)).toBe(true);
  });

  test('reports progress that never falls and ends at the total', async () => {
    const seen: Progress[] = [];
    await explain({ targets: [0, 1], onProgress: (progress: Progress) => seen.push(progress) });
    const last = seen.at(-1)!;
    expect(last.done).toBe(last.total);
    seen.forEach(({ done, total }, at) => {
      expect(total).toBe(last.total);
      expect(done).toBeGreaterThan(seen[at - 1]?.done ?? 0);
    });
  });

  test('gives zeros for a model that says the same of every picture', async () => {
    const attribution = await method.explain(constant, image, few);
    const rounding = 2 ** -24 * Math.abs(attribution.level ?? 0);
    expect(measured(attribution).every((value) => Math.abs(value) < 1e-12 + rounding)).toBe(true);
  });

  test('never lets NaN pass: values are numbers, or an error says that scores or operators are not what they must be', async () => {
    const result = await method.explain(brittle, white, { ...few, fill: 0 }).catch((error) => error);
    if (result instanceof Error)
      expect(result).toMatchObject({ code: expect.stringMatching(/NOT_FINITE|OPERATOR|LAYER/) });
    else expect(result.data.every(Number.isFinite)).toBe(true);
    const nothing = { tensor: { ...white.tensor, data: white.tensor.data.map(() => Number.NaN) } };
    await expect(method.explain(model, nothing, few)).rejects.toThrow(/finite|NaN/);
  });

  // A leak grows in every round, by 800 bytes a run and more where an attribution is held; compiled code only in the first.
  test('holds no memory after 50 runs', { timeout: 60_000 }, async () => {
    const held: number[] = [];
    for (let round = 0; round < 5; round++) {
      for (let run = 0; run < 50; run++) await explain();
      held.push(heldBytes());
    }
    const growths = held.slice(1).map((bytes, at) => bytes - held[at]!);
    expect(Math.min(...growths)).toBeLessThan(50 * 500);
  });
});
