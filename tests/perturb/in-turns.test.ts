import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../dist/src/core/predictor.js';
import { random } from '../../dist/src/core/random.js';
import { fromFunction } from '../../dist/src/perturb/from-function.js';
import { atOnce, inTurns, type Pieces } from '../../dist/src/perturb/in-turns.js';
import { kernelShap } from '../../dist/src/perturb/kernel-shap.js';
import { lime } from '../../dist/src/perturb/lime.js';
import { quickshiftInPieces } from '../../dist/src/perturb/segment/quickshift.js';
import { slicInPieces } from '../../dist/src/perturb/segment/slic.js';
import { solvePositive } from '../../dist/src/perturb/solve-positive.js';

const noise = (side: number) => {
  const { integer } = random(1);
  return { data: Uint8Array.from({ length: 3 * side * side }, () => integer(256)), width: side, height: side };
};

describe('work in pieces', () => {
  function* counted(): Pieces<number> {
    for (let piece = 0; piece < 4; piece++) {
      yield;
      for (const end = performance.now() + 6; performance.now() < end; );
    }
    return 4;
  }

  test('lets others go first in turns, and not at once', async () => {
    let others = 0;
    const timer = setInterval(() => others++, 1);
    expect(atOnce(counted())).toBe(4);
    expect(others).toBe(0);
    expect(await inTurns(counted())).toBe(4);
    expect(others).toBeGreaterThan(1);
    clearInterval(timer);
  });

  test('is given up between two turns, with the reason of the signal', async () => {
    const enough = new Error('enough');
    for (const work of [
      quickshiftInPieces(noise(160), {}),
      slicInPieces(noise(400), { segments: 300 }),
      solvePositive(positive(400), 400),
    ] as Pieces<unknown>[]) {
      const controller = new AbortController();
      setImmediate(() => controller.abort(enough));
      await expect(inTurns(work, controller.signal)).rejects.toBe(enough);
    }
  });

  test.each(['quickshift', 'slic'])('%s is cut into many', (name) => {
    const work = name === 'slic' ? slicInPieces(noise(100), {}) : quickshiftInPieces(noise(100), {});
    expect([...work].length).toBeGreaterThan(10);
  });

  test.each(['lime', 'kernel-shap'])('%s is stopped while it solves for a thousand segments', async (name) => {
    const model = fromFunction(async ({ shape: [count = 0] }) => Array.from({ length: count }, () => [1, 2]), {
      size: 32,
      batch: 64,
    });
    const enough = new Error('enough');
    const controller = new AbortController();
    const options = {
      ...({ segmentation: 'grid', segments: 1024, samples: 64 } as const),
      signal: controller.signal,
      onProgress({ done, total }: Progress) {
        if (done === total) setTimeout(() => controller.abort(enough), 20);
      },
    };
    const call = name === 'lime' ? lime(model, noise(32), options) : kernelShap(model, noise(32), options);
    await expect(call).rejects.toBe(enough);
  });
});

describe('solvePositive', () => {
  test.each([1, 2, 63, 64, 65, 128, 150])('solves a system of %i as one Cholesky factor does', (side) => {
    const matrix = positive(side);
    const { normal } = random(2);
    const right = Float64Array.from({ length: side }, normal);
    const found = atOnce(solvePositive(matrix, side))!(right);
    const rows = Array.from({ length: side }, (_, row) => [...matrix.subarray(row * side, (row + 1) * side)]);
    const truth = new CholeskyDecomposition(new Matrix(rows)).solve(Matrix.columnVector([...right])).to1DArray();
    for (const [at, value] of truth.entries()) expect(found[at]).toBeCloseTo(value, 9);
  });

  test.each([3, 64, 130])('finds no solution where a row of %i repeats another', (side) => {
    const matrix = positive(side);
    for (let at = 0; at < side; at++) matrix[(side - 1) * side + at] = matrix[at]!;
    for (let at = 0; at < side; at++) matrix[at * side + side - 1] = matrix[at * side]!;
    matrix[side * side - 1] = matrix[0]!;
    expect(atOnce(solvePositive(matrix, side))).toBeUndefined();
  });
});

/** X Xᵀ + I of draws X [side · side + 3]. */
function positive(side: number): Float64Array {
  const { uniform } = random(7);
  const rows = Array.from({ length: side }, () => Float64Array.from({ length: side + 3 }, () => uniform() - 0.5));
  const product = (one: Float64Array, other: Float64Array) =>
    one.reduce((sum, value, at) => sum + value * other[at]!, 0);
  return Float64Array.from({ length: side * side }, (_, at) => {
    const [row, column] = [Math.floor(at / side), at % side];
    return product(rows[Math.max(row, column)]!, rows[Math.min(row, column)]!) + Number(row === column);
  });
}
