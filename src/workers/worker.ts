/** A worker thread: runs the rows of one task through a session and returns their scores or sums. */
import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { ExplainError } from '../core/errors.ts';
import { scoresOf } from '../core/score.ts';
import { sizeOf } from '../core/tensor.ts';
import { type BatchRow, batchRunner, type Outputs } from './batch.ts';
import { sessionFor } from './session.ts';
import type { Outcome, ScoreReading, ScoreTask, SumTask, Task } from './task.ts';

export default async function runTask(task: Task): Promise<Outcome> {
  try {
    return await (task.kind === 'scores' ? collectScores(task) : collectSums(task));
  } catch (error) {
    if (error instanceof ExplainError) return { kind: 'failed', message: error.message, code: error.code };
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function collectScores(task: ScoreTask): Promise<Outcome> {
  const { reading, recipes } = task;
  const values: number[] = [];
  const rows = recipes.map((recipe) => ({ recipe }));
  const finished = await forEachBatch(task, rows, [reading.output], (batch, outputs) => {
    const { data, shape } = outputs[reading.output]!;
    const classes = shape.length < 2 ? data.length : sizeOf(shape.slice(1));
    batch.forEach((_, row) => {
      values.push(...scoresOfRow(data.subarray(row * classes, (row + 1) * classes), reading));
    });
  });
  return finished ? { kind: 'scores', values: Float64Array.from(values) } : { kind: 'stopped' };
}

function scoresOfRow(output: Float32Array, { binary, targets, score, activation }: ScoreReading): number[] {
  const logits = binary ? [-output[0]!, output[0]!] : output;
  return scoresOf(logits, targets ?? Array.from(logits, (_, index) => index), score, activation);
}

async function collectSums(task: SumTask): Promise<Outcome> {
  const sums = new Map<number, Float64Array[]>();
  let shapes: number[][] = [];
  const finished = await forEachBatch(task, task.rows, task.outputs, (batch, outputs) => {
    shapes = task.outputs.map((name) => outputs[name]!.shape.slice(1));
    const lengths = shapes.map(sizeOf);
    batch.forEach(({ group, weight }, row) => {
      const sum = sums.get(group) ?? lengths.map((length) => new Float64Array(length));
      sums.set(group, sum);
      task.outputs.forEach((name, output) => {
        addScaled(sum[output]!, outputs[name]!.data, row * lengths[output]!, weight);
      });
    });
  });
  if (!finished) return { kind: 'stopped' };
  const groups = [...sums].map(([group, values]) => ({ group, values }));
  const buffers = groups.flatMap(({ values }) => values.map(({ buffer }) => buffer as ArrayBuffer));
  return moved({ kind: 'sums', groups, shapes }, buffers);
}

/** Calls `receive` with each batch of rows and their outputs, in order; false if the task was told to stop. */
async function forEachBatch<R extends BatchRow>(
  task: Task,
  rows: readonly R[],
  outputs: readonly string[],
  receive: (batch: readonly R[], outputs: Outputs) => void,
): Promise<boolean> {
  const session = await sessionFor(task.graph, workerData);
  const capacity = task.graph.fixedBatch ?? Math.max(2, task.batch);
  const run = batchRunner(session, task.graph, task.scene, capacity);
  for (let at = 0; at < rows.length; at += capacity) {
    if (Atomics.load(task.stop, 0) !== 0) return false;
    const batch = rows.slice(at, at + capacity);
    receive(batch, await run(batch, outputs));
  }
  return true;
}

function addScaled(sum: Float64Array, values: Float32Array, offset: number, weight: number): void {
  for (let at = 0; at < sum.length; at++) sum[at]! += weight * values[offset + at]!;
}

/** Hands the buffers over to the pool's thread instead of copying them. */
const moved = (outcome: Outcome, buffers: ArrayBuffer[]): Outcome =>
  move({ [transferableSymbol]: buffers, [valueSymbol]: outcome }) as unknown as Outcome;
