/** The metrics against their formulae in NumPy and SciPy, see tests/golden/metrics/make.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromFunction, measure, occlusion } from '../../../dist/src/index.js';
import { handMade } from './toys.ts';

interface Golden {
  readonly height: number;
  readonly width: number;
  readonly step: number;
  readonly samples: number;
  readonly picture: number[];
  readonly weights: number[][];
  readonly heads: number[];
  readonly maps: Record<string, number[]>;
  readonly metrics: Record<string, Record<string, number>>;
  readonly sensitivity: number;
}
const file = new URL('../../golden/metrics/golden.json', import.meta.url);
const { height, width, step, samples, ...golden } = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const plane = height * width;

/** Logits Σ v tanh(w · x) and 0. */
const network = fromFunction(
  async ({ data, shape: [count = 0] }) =>
    Array.from({ length: count }, (_, row) => {
      const x = data.subarray(row * plane, (row + 1) * plane);
      const units = golden.weights.map((weights) => Math.tanh(weights.reduce((sum, w, at) => sum + w * x[at]!, 0)));
      return [units.reduce((sum, unit, at) => sum + golden.heads[at]! * unit, 0), 0];
    }),
  { size: { height, width }, channels: 1, labels: ['first', 'second'] },
);
const image = { tensor: { data: Float32Array.from(golden.picture), shape: [1, 1, height, width] } };
const few = { height, width } as const;

describe.each(Object.keys(golden.maps))('%s', (name) => {
  test('has the oracle’s figures', async () => {
    const [first] = await occlusion(network, image, { targets: [0], window: few, stride: few });
    const shown = { target: first!.target, view: first!.view, inputSize: first!.inputSize, shape: [height, width] };
    const [measured] = await measure(network, image, [handMade(golden.maps[name]!, shown)], {
      metrics: [
        `deletion:step=${step}`,
        `insertion:step=${step}`,
        ...['average-drop', 'increase', 'road:noise=0'],
        `infidelity:samples=${samples}`,
      ],
    });
    for (const [metric, value] of Object.entries(golden.metrics[name]!)) {
      // ROAD's system is solved to 1e-4 of its right-hand side.
      expect(measured!.metrics![metric]!.value, metric).toBeCloseTo(value, metric === 'road' ? 4 : 6);
    }
    const { difference, strongest, weakest } = measured!.metrics!.road!.curves!;
    expect(difference!.share).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    expect(difference!.score).toEqual(weakest!.score.map((score, at) => (score - strongest!.score[at]!) / 2));
  });
});

test('max-sensitivity of occlusion', async () => {
  const [map] = await occlusion(network, image, { targets: [0], window: 2, stride: 2 });
  const [measured] = await measure(network, image, [map!], { metrics: ['sensitivity'] });
  expect(measured!.metrics!.sensitivity!.value).toBeCloseTo(golden.sensitivity, 4);
});
