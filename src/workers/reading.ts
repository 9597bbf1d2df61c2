import { scoresOf } from '../core/score.ts';
import { sizeOf } from '../core/tensor.ts';
import type { Numbers } from './batch.ts';
import type { ScoreReading } from './task.ts';

/** The scores [rows, targets] of the first rows of a model's output. */
export function scoresOfRows({ data, shape }: Numbers, rows: number, reading: ScoreReading): number[] {
  const classes = shape.length < 2 ? data.length : sizeOf(shape.slice(1));
  return Array.from({ length: rows }, (_, row) =>
    scoresOfRow(data.subarray(row * classes, (row + 1) * classes), reading),
  ).flat();
}

function scoresOfRow(output: Float32Array, { binary, targets, score, activation }: ScoreReading): number[] {
  const logits = binary ? [-output[0]!, output[0]!] : output;
  return scoresOf(logits, targets ?? Array.from(logits, (_, index) => index), score, activation);
}
