/** Scores computed from what windows change, against the whole graph in ONNX Runtime. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WindowRecipe } from '../../dist/src/core/recipe.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { incrementalScores } from '../../dist/src/model-incremental.js';
import { fold } from '../../dist/src/onnx/fold.js';
import type { Prices } from '../../dist/src/onnx/incremental/cost.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { createPool } from '../../dist/src/workers/pool.js';
import { noise, runModel } from '../toy-model.ts';
import { LAYER_NAMES, type Network, networkOf } from './random-networks.ts';

const reading = {
  output: 'logits',
  score: 'logit',
  activation: 'softmax',
  binary: false,
  targets: [0, 1],
} as const;

/** Arithmetic alone: every network is cut wherever that saves a multiplication. */
const FREE: Prices = { result: 1, short: 1, copy: 0, map: 0, run: 0 };

interface Case {
  readonly network: Network;
  readonly windows: readonly WindowRecipe[];
  readonly prices: Prices;
}

const windowIn = ({ height, width }: Network) =>
  fc
    .record({
      y: fc.integer({ min: 0, max: height - 1 }),
      x: fc.integer({ min: 0, max: width - 1 }),
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 6 }),
    })
    .map(
      ({ y, x, ...size }): WindowRecipe => ({
        kind: 'window',
        y,
        x,
        height: Math.min(size.height, height - y),
        width: Math.min(size.width, width - x),
      }),
    );

const cases: fc.Arbitrary<Case> = fc
  .record({
    layers: fc.array(fc.constantFrom(...LAYER_NAMES), { minLength: 1, maxLength: 6 }),
    height: fc.integer({ min: 14, max: 30 }),
    width: fc.integer({ min: 14, max: 30 }),
    channelsLast: fc.boolean(),
    single: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .chain((network) =>
    fc.record({
      network: fc.constant(network),
      windows: fc.array(windowIn(network), { minLength: 5, maxLength: 20 }),
      prices: fc.constantFrom(FREE, { ...FREE, copy: 3 }, { ...FREE, run: 1000 }),
    }),
  );

/** The whole graph on each picture with the baseline in a window. */
async function wholeScores({ network, windows }: Case, picture: Float32Array, baseline: Float32Array) {
  const { height, width, channelsLast } = network;
  const graph = networkOf({ ...network, single: false });
  const data = windows.flatMap((window) => {
    const inside = (y: number, x: number) =>
      y >= window.y && y < window.y + window.height && x >= window.x && x < window.x + window.width;
    const covered = picture.map((value, at) => {
      const [y, x] = [Math.floor(at / width) % height, at % width];
      return inside(y, x) ? baseline[at]! : value;
    });
    const plane = height * width;
    return Array.from(covered, (_, at) =>
      channelsLast ? covered[(at % 3) * plane + Math.floor(at / 3)]! : covered[at]!,
    );
  });
  const shape = channelsLast ? [windows.length, height, width, 3] : [windows.length, 3, height, width];
  const { logits } = await runModel(graph, { picture: { data: Float32Array.from(data), shape } });
  return logits!.data;
}

/** Undefined where no stage pays, or the layers leave nothing of a small picture. */
async function incrementally({ network, windows, prices }: Case) {
  const { height, width, channelsLast, single } = network;
  const graph = shapedGraph(network);
  const [picture, baseline] = [sharedTensor([3, height, width]), sharedTensor([3, height, width])];
  picture.data.set(noise(picture.shape, 3).data);
  baseline.data.set(noise(baseline.shape, 4).data);
  const limits = { memory: 2 ** 30, queueLimit: 4, name: 'toy' };
  const pool = createPool({ workers: 1, threads: 1, batch: 2, ...limits });
  const layout = channelsLast ? ('nhwc' as const) : ('nchw' as const);
  try {
    const scores = incrementalScores(
      // biome-ignore lint/correctness/useYield: pieces of one.
      function* () {
        return { graph, input: 'picture', layout, fixedBatch: single ? 1 : undefined };
      },
      pool,
      prices,
    );
    const found = await scores({ picture, baseline }, windows, { reading });
    return (
      found && {
        values: found.values,
        whole: await wholeScores({ network, windows, prices }, picture.data, baseline.data),
      }
    );
  } finally {
    await pool.close();
  }
}

/** A layer may leave nothing of a small picture, which ONNX Runtime refuses too. */
const isPossible = ({ network }: Case) =>
  [...shapedGraph(network).values.values()].every(({ shape = [] }) =>
    shape.every((length) => typeof length === 'string' || length > 0),
  );

function shapedGraph(network: Network) {
  const { height, width, channelsLast, single } = network;
  const batch = single ? 1 : 'N';
  const shapes = { picture: channelsLast ? [batch, height, width, 3] : [batch, 3, height, width] };
  return inferShapes(fold(networkOf(network), shapes), shapes);
}

/** How far incremental scores lie from those of the whole graph, against their range; undefined where no stage pays. */
async function errorOf(given: Case): Promise<number | undefined> {
  const found = await incrementally(given);
  if (!found) return undefined;
  const { values, whole } = found;
  const range = Math.max(...whole) - Math.min(...whole);
  return Math.max(...whole.map((score, at) => Math.abs(score - values[at]!))) / Math.max(range, 1e-3);
}

describe('incremental scores', () => {
  test('are those of the whole graph, whatever its layers and the windows', { timeout: 240_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(cases.filter(isPossible), async (given) => {
        const error = await errorOf(given);
        if (error === undefined) return;
        compared++;
        expect(error).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  test('are so where branches have the same size in the whole picture only', async () => {
    const network = {
      layers: ['halves', 'conv'],
      height: 24,
      width: 32,
      channelsLast: false,
      single: false,
      seed: 1,
    } as const;
    const windows = [1, 4, 7, 10, 13, 16, 19].map(
      (y) => ({ kind: 'window', y, x: y + 1, height: 3, width: 2 }) as const,
    );
    expect(await errorOf({ network, windows, prices: FREE })).toBeLessThan(1e-4);
  });
});
