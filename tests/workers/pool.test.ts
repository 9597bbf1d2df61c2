import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Recipe } from '../../dist/src/core/recipe.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { createPool, type Pool, type PoolOptions } from '../../dist/src/workers/pool.js';
import { toyGraph } from '../toy-model.ts';

// The logits are 1, 2 and 3 times the mean of the picture.
const classes = 3;
const graph = toyGraph({
  inputs: { picture: ['N', 1, 6, 6] },
  outputs: ['logits'],
  build(b) {
    const mean = b.op('Flatten', [b.op('GlobalAveragePool', ['picture'])]);
    return b.op('MatMul', [mean, b.constant('float32', [1, 2, 3], [1, 3])]);
  },
});
const folder = mkdtempSync(join(tmpdir(), 'pool-'));
const file = join(folder, 'toy.onnx');
writeFileSync(file, writeModel(graph));
afterAll(() => rmSync(folder, { recursive: true }));

const source = { key: 'forward', model: file, input: 'picture', layout: 'nchw' } as const;
const reading = { output: 'logits', score: 'logit', activation: 'softmax', binary: false } as const;
const picture = sharedTensor([1, 6, 6]);
picture.data.set(Array.from({ length: 36 }, (_, at) => at));
const scene = { picture, baseline: sharedTensor([1, 6, 6]) };
const windows: Recipe[] = Array.from({ length: 100 }, (_, at) => ({
  kind: 'window',
  y: at % 5,
  x: Math.floor(at / 5) % 5,
  height: 2,
  width: 2,
}));
const expectedMean = (recipe: Recipe) => {
  if (recipe.kind !== 'window') throw new Error('a window is expected');
  const inside = (at: number) =>
    Math.floor(at / 6) >= recipe.y && Math.floor(at / 6) < recipe.y + 2 && at % 6 >= recipe.x && at % 6 < recipe.x + 2;
  return picture.data.reduce((sum, value, at) => sum + (inside(at) ? 0 : value), 0) / 36;
};

let pool: Pool | undefined;
const open = (options: Partial<PoolOptions> = {}) => {
  pool = createPool({ workers: 2, threads: 1, batch: 4, memory: 2 ** 30, queueLimit: 4, name: 'toy.onnx', ...options });
  return pool;
};
afterEach(() => pool?.close());

describe('open', () => {
  test('makes the session that the first call then has', async () => {
    const copy = `${file}.copy`;
    copyFileSync(file, copy);
    const one = open({ workers: 1 });
    await one.open({ ...source, model: copy });
    rmSync(copy);
    const { values } = await one.scores({ ...source, model: copy }, scene, windows.slice(0, 1), reading);
    expect(values[0]).toBeCloseTo(expectedMean(windows[0]!), 4);
  });

  test('leaves it to the first call to say what is wrong', async () => {
    const missing = { ...source, model: `${file}.missing` };
    const one = open();
    await one.open(missing);
    await expect(one.scores(missing, scene, windows, reading)).rejects.toMatchObject({ code: 'ERR_INFERENCE' });
  });
});

describe('scores', () => {
  test.each([
    [1, 2],
    [2, 4],
    [2, 7],
    [2, 64],
  ])('%i workers and a batch of %i give each recipe its own score', async (workers, batch) => {
    const { values, forwardPasses } = await open({ workers, batch }).scores(source, scene, windows, reading);
    expect(forwardPasses).toBe(windows.length);
    windows.forEach((recipe, row) => {
      const mean = expectedMean(recipe);
      for (let c = 0; c < classes; c++) expect(values[row * classes + c]).toBeCloseTo(mean * (c + 1), 4);
    });
  });

  test('are the same for every split of the cores', async () => {
    const all = open({ workers: 4 });
    const usual = await all.scores(source, scene, windows, reading);
    const splits = [1, 2, 4].map((threads) => ({ workers: 4 / threads, threads, batch: 2 }));
    const found = await Promise.all(splits.map((split) => all.scores(source, scene, windows, reading, { split })));
    for (const { values } of found) expect(values).toEqual(usual.values);
  });

  test('the asked targets only, as probabilities', async () => {
    const { values } = await open().scores(source, scene, [{ kind: 'original' }], {
      ...reading,
      score: 'probability',
      targets: [2, 0],
    });
    const powers = [1, 2, 3].map((k) => Math.exp(k * 17.5));
    const total = powers.reduce((a, b) => a + b);
    expect(values[0]).toBeCloseTo(powers[2]! / total, 6);
    expect(values[1]).toBeCloseTo(powers[0]! / total, 6);
  });
});

describe('sums', () => {
  test('are the weighted sums of each group, the same bytes whatever the workers and the batch', async () => {
    const rows = windows.map((recipe, at) => ({ recipe, target: 0, weight: 1 / (1 + at), group: at % 2 }));
    const results: Buffer[] = [];
    for (const [workers, batch] of [
      [1, 2],
      [2, 3],
      [2, 8],
    ] as const) {
      const sums = await open({ workers, batch }).sums(source, scene, rows, { outputs: ['logits'] });
      expect(sums.shapes).toEqual([[classes]]);
      for (const group of [0, 1]) {
        const wanted = rows.reduce(
          (sum, row) => sum + (row.group === group ? row.weight * expectedMean(row.recipe) : 0),
          0,
        );
        expect(sums.values[group]![0]![0]).toBeCloseTo(wanted, 3);
      }
      results.push(Buffer.concat(sums.values.map(([values]) => Buffer.from(values!.buffer))));
      await pool!.close();
    }
    expect(results[1]!.equals(results[0]!)).toBe(true);
    expect(results[2]!.equals(results[0]!)).toBe(true);
  });
});

describe('memory', () => {
  const rows = windows.map((recipe) => ({ recipe, target: 0, weight: 1, group: 0 }));
  const greedy = { ...source, rowBytes: 2 ** 20 };
  async function sums(options: Partial<PoolOptions>, count = rows.length) {
    const running = open(options);
    return running.sums(greedy, scene, rows.slice(0, count), { outputs: ['logits'] }).finally(running.close);
  }

  test('that would not do even for two rows at a time is refused, and says what would', async () => {
    const refused = {
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /memory: expected about 4MiB, as 2 gradients .* 2 workers .* received 3MiB\. One worker takes 2MiB/,
      ),
    };
    await expect(sums({ memory: 3 * 2 ** 20, isStrict: true })).rejects.toMatchObject(refused);
    await expect(sums({ memory: 3 * 2 ** 20, isStrict: true }, 3)).resolves.toMatchObject({ passes: 3 });
    await expect(sums({ memory: 4 * 2 ** 20, isStrict: true })).resolves.toMatchObject({ passes: 100 });
    await expect(sums({ memory: 2 ** 20 })).resolves.toMatchObject({ passes: 100 });
  });

  test('is spared where weights that are made of weights are made in every run: the numbers are the same', async () => {
    const derived = toyGraph({
      inputs: { picture: ['N', 1, 6, 6] },
      outputs: ['logits'],
      build(b) {
        const weights = b.op('Relu', [b.constant('float32', [1, -2, 3], [1, 3])]);
        return b.op('MatMul', [b.op('Flatten', [b.op('GlobalAveragePool', ['picture'])]), weights]);
      },
    });
    const model = writeModel(derived, { shared: true });
    const running = open();
    const kept = await running.scores({ ...source, model }, scene, windows, reading);
    const sparing = { ...source, model, key: 'sparing', derivesWeights: true } as const;
    const again = await running.scores(sparing, scene, windows, reading);
    expect(again.values).toEqual(kept.values);
    expect(again.values[2]).toBeCloseTo(3 * expectedMean(windows[0]!), 4);
  });
});

describe('stopping', () => {
  test('an aborted call rejects with the signal’s reason, and the pool goes on', async () => {
    const running = open();
    const controller = new AbortController();
    const reason = new Error('enough');
    const many = Array.from({ length: 200 }, () => windows).flat();
    let done = 0;
    const call = running.scores(source, scene, many, reading, {
      signal: controller.signal,
      onProgress(progress) {
        done = progress.done;
        controller.abort(reason);
      },
    });
    await expect(call).rejects.toBe(reason);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(many.length);
    expect((await running.scores(source, scene, windows, reading)).values).toHaveLength(300);
  });

  test('a signal that is aborted already starts nothing', async () => {
    await expect(open().scores(source, scene, windows, reading, { signal: AbortSignal.abort('no') })).rejects.toBe(
      'no',
    );
  });

  test('closing ends running calls with ERR_CLOSED and refuses later ones', async () => {
    const running = open();
    const many = Array.from({ length: 200 }, () => windows).flat();
    const call = running.scores(source, scene, many, reading);
    const ended = expect(call).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await Promise.all([running.close(), running.close()]);
    await ended;
    await expect(running.scores(source, scene, windows, reading)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('many calls', () => {
  test('take turns: a short call does not wait for a long one', async () => {
    const running = open({ workers: 1 });
    const many = Array.from({ length: 100 }, () => windows).flat();
    const order: string[] = [];
    await Promise.all([
      running.scores(source, scene, many, reading).then(() => order.push('long')),
      running.scores(source, scene, windows, reading).then(() => order.push('short')),
    ]);
    expect(order).toEqual(['short', 'long']);
  });

  test('beyond the queue limit are refused with a code', async () => {
    const running = open({ queueLimit: 2 });
    const calls = [1, 2].map(() => running.scores(source, scene, windows, reading));
    await expect(running.scores(source, scene, windows, reading)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
    await Promise.all(calls);
    await running.scores(source, scene, windows, reading);
  });
});

describe('a worker that is lost', () => {
  const faulty = new URL('./faulty/worker.js', import.meta.url).href;
  let claims: string;

  function openFaulty(kind: string, times: number) {
    claims = mkdtempSync(join(folder, 'faults-'));
    process.env.ONNX_EXPLAIN_TEST_FAULT = JSON.stringify({ kind, times, claims });
    return open({ batch: 4, worker: { file: faulty, resourceLimits: { maxOldGenerationSizeMb: 32 } } });
  }

  test.each(['exit', 'throw', 'heap'])('by %s is replaced and its batch runs again', async (kind) => {
    const { values } = await openFaulty(kind, 1).scores(source, scene, windows, reading);
    expect(readdirSync(claims)).toHaveLength(1);
    expect(windows.every((recipe, row) => Math.abs(values[row * classes]! - expectedMean(recipe)) < 1e-4)).toBe(true);
  });

  test.each(['exit', 'throw', 'heap'])('twice by %s is an error that names the model', async (kind) => {
    const call = openFaulty(kind, 20).scores(source, scene, windows, reading);
    await expect(call).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', message: expect.stringContaining('toy.onnx') });
  });
});

test('a model that ONNX Runtime refuses is one sentence', async () => {
  const broken = join(folder, 'broken.onnx');
  writeFileSync(broken, 'no model');
  const call = open().scores({ ...source, key: 'broken', model: broken }, scene, windows, reading);
  await expect(call).rejects.toMatchObject({ code: 'ERR_INFERENCE', message: expect.stringContaining('toy.onnx') });
});
