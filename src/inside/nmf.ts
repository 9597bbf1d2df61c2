/**
 * Non-negative matrix factorisation X ≈ W H, W and H ≥ 0, of least ‖X − W H‖², by coordinate descent: each entry in turn goes to the
 * minimum along itself, w ← max(0, w − g / h) with the slope g = (W H Hᵀ − X Hᵀ) and the curvature h = (H Hᵀ)ₜₜ.
 * https://doi.org/10.1587/transfun.E92.A.708
 */
import { setImmediate } from 'node:timers/promises';

export interface Factors {
  /** [rows, parts] */
  readonly w: Float64Array;
  /** [parts, columns] */
  readonly h: Float64Array;
  readonly parts: number;
}

export interface Matrix {
  /** [rows, columns] */
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

const MOST_ROUNDS = 200;
const TOLERANCE = 1e-4;

/** Goes on from `start` until a round has a ten-thousandth of what the first had to mend, or for 200 rounds; others have their turn in between. */
export async function factorizeMatrix(x: Matrix, start: Factors, signal?: AbortSignal): Promise<Factors> {
  const { parts } = start;
  const w = Float64Array.from(start.w);
  const ht = transposed({ data: start.h, rows: parts, columns: x.columns });
  const xt = { data: transposed(x), rows: x.columns, columns: x.rows };
  let first = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const violation = descend(w, x, ht, parts) + descend(ht, xt, w, parts);
    if (round === 0) first = violation;
    if (first === 0 || violation <= TOLERANCE * first) break;
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { w, h: transposed({ data: ht, rows: x.columns, columns: parts }), parts };
}

/** One round over all of `factor` [rows, parts], the other factor [columns, parts] held; how far from its minimum it was. */
function descend(factor: Float64Array, x: Matrix, other: Float64Array, parts: number): number {
  const curvature = product(other, other, parts, parts, x.columns);
  const projection = projected(x, other, parts);
  let violation = 0;
  for (let part = 0; part < parts; part++) {
    const curve = curvature[part * parts + part]!;
    for (let row = 0; row < x.rows; row++) {
      const at = row * parts;
      let slope = -projection[at + part]!;
      for (let k = 0; k < parts; k++) slope += curvature[part * parts + k]! * factor[at + k]!;
      const value = factor[at + part]!;
      violation += Math.abs(value === 0 ? Math.min(0, slope) : slope);
      if (curve !== 0) factor[at + part] = Math.max(0, value - slope / curve);
    }
  }
  return violation;
}

/** Aᵀ B for A [count, m] and B [count, n]. */
function product(a: Float64Array, b: Float64Array, m: number, n: number, count: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) out[i * n + j]! += a[k * m + i]! * b[k * n + j]!;
    }
  }
  return out;
}

/** X B [rows, parts] for B [columns, parts]. */
function projected({ data, rows, columns }: Matrix, b: Float64Array, parts: number): Float64Array {
  const out = new Float64Array(rows * parts);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!;
      if (value === 0) continue;
      for (let part = 0; part < parts; part++) out[row * parts + part]! += value * b[column * parts + part]!;
    }
  }
  return out;
}

function transposed({ data, rows, columns }: Matrix): Float64Array {
  return Float64Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}
