/** A worker thread: runs the rows of one task through a session and returns their scores or sums. */
import { workerData } from 'node:worker_threads';
import { ExplainError } from '../core/errors.ts';
import { sizeOf } from '../core/tensor.ts';
import { collectAblations } from './ablations.ts';
import { type BatchRow, type BatchRunner, batchRunner, type Outputs } from './batch.ts';
import { collectBoxes, fillMaps } from './boxes.ts';
import { scoresOfRows } from './reading.ts';
import { recent } from './recent.ts';
import { sessionFor } from './session.ts';
import type { Answer, OpenTask, Outcome, ScoreTask, SumTask, Task } from './task.ts';

let lastTask: Promise<unknown> = Promise.resolve();

/** Tasks run one after the other: a second one only waits here, so that this thread need not wait for it. */
export default function runTask(task: Task | OpenTask): Promise<Answer> {
  const answer = lastTask.then(async () => {
    const begin = performance.now();
    return { outcome: await outcomeOf(task), milliseconds: performance.now() - begin };
  });
  lastTask = answer;
  return answer;
}

async function outcomeOf(task: Task | OpenTask): Promise<Outcome> {
  try {
    return await collect(task);
  } catch (error) {
    if (error instanceof ExplainError) return { kind: 'failed', message: error.message, code: error.code };
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function collect(task: Task | OpenTask): Promise<Outcome> {
  switch (task.kind) {
    case 'open':
      return open(task);
    case 'scores':
      return collectScores(task);
    case 'sums':
      return collectSums(task);
    case 'ablations':
      return collectAblations(task, workerData);
    case 'maps':
      return fillMaps(task, workerData);
    case 'boxes':
      return collectBoxes(task, workerData);
  }
}

async function open({ graph }: OpenTask): Promise<Outcome> {
  if (graph) await sessionFor(graph, workerData);
  return { kind: 'opened' };
}

async function collectScores(task: ScoreTask): Promise<Outcome> {
  const { reading, recipes } = task;
  const values: number[] = [];
  const rows = recipes.map((recipe) => ({ recipe }));
  const finished = await forEachBatch(task, rows, [reading.output], (batch, outputs) => {
    for (const score of scoresOfRows(outputs[reading.output]!, batch.length, reading)) values.push(score);
  });
  return finished ? { kind: 'scores', values: Float64Array.from(values) } : { kind: 'stopped' };
}

async function collectSums(task: SumTask): Promise<Outcome> {
  const sums = new Map<number, Float64Array[]>();
  let shapes: number[][] = [];
  const { outputs: names, powers = [1] } = task;
  const summed = names.flatMap((name) => powers.map((power) => ({ name, power })));
  const finished = await forEachBatch(task, task.rows, names, (batch, outputs) => {
    shapes = summed.map(({ name }) => outputs[name]!.shape.slice(1));
    const lengths = shapes.map(sizeOf);
    batch.forEach(({ group, weight }, row) => {
      const sum = sums.get(group) ?? lengths.map((length) => new Float64Array(length));
      sums.set(group, sum);
      summed.forEach(({ name, power }, at) => {
        addScaled(sum[at]!, outputs[name]!.data, { offset: row * lengths[at]!, weight, power });
      });
    });
  });
  if (!finished) return { kind: 'stopped' };
  const groups = [...sums].map(([group, values]) => ({ group, values }));
  return { kind: 'sums', groups, shapes };
}

/** Buffers of the calls that were served last: their next task goes on with them. */
const runnerOf = recent<BatchRunner>(4);

/** Calls `receive` with each batch of rows and their outputs, in order; false if the task was told to stop. */
async function forEachBatch<R extends BatchRow>(
  task: ScoreTask | SumTask,
  rows: readonly R[],
  outputs: readonly string[],
  receive: (batch: readonly R[], outputs: Outputs) => void,
): Promise<boolean> {
  const session = await sessionFor(task.graph, workerData);
  const run = runnerOf(task.call, () => batchRunner(session, task));
  for (let at = 0; at < rows.length; at += task.batch) {
    if (Atomics.load(task.stop, 0) !== 0) return false;
    const batch = rows.slice(at, at + task.batch);
    receive(batch, await run(batch, outputs));
  }
  return true;
}

interface Scaling {
  readonly offset: number;
  readonly weight: number;
  readonly power: number;
}

function addScaled(sum: Float64Array, values: Float32Array, { offset, weight, power }: Scaling): void {
  for (let at = 0; at < sum.length; at++) {
    const value = values[offset + at]!;
    let term = weight * value;
    for (let factor = 1; factor < power; factor++) term *= value;
    sum[at]! += term;
  }
}
