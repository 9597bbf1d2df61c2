/** A Piscina pool of ONNX Runtime sessions: recipes go in, scores or sums come out. */
import { concatenate } from '../core/concatenate.ts';
import { ExplainError } from '../core/errors.ts';
import type { RunOptions, Scores } from '../core/predictor.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import { sharedTensor } from '../core/tensor.ts';
import { checkFits, SUM_CHUNK, sumRowsWithin } from './memory.ts';
import { createScheduler } from './scheduler.ts';
import { addInOrder } from './sums.ts';
import type {
  AblatedValue,
  Answer,
  CutGraph,
  GraphSource,
  Incremental,
  OpenTask,
  Outcome,
  Row,
  ScoreOutcome,
  ScoreReading,
  SumOutcome,
  Sums,
  Task,
} from './task.ts';
import { startThreads, TASKS_PER_WORKER, type ThreadOptions, type Threads } from './threads.ts';

export interface PoolOptions extends ThreadOptions {
  /** Rows in one run of a graph, 2–64. */
  readonly batch: number;
  /** In bytes: what the batches that are under way may take, as far as they say how much they take. */
  readonly memory: number;
  /** That what cannot keep within it is refused. */
  readonly isStrict?: boolean | undefined;
  /** How many calls may be served at once. */
  readonly queueLimit: number;
  /** What errors call the model. */
  readonly name: string;
}

/** How the rows of a call are shared out. */
export interface Split {
  readonly workers: number;
  /** ONNX Runtime's in each worker. */
  readonly threads: number;
  /** Rows in one run; of graphs with a batch of their own, that. */
  readonly batch: number;
}

export interface PoolScores extends Scores {
  /** What the call's tasks took, all workers together. */
  readonly milliseconds: number;
}

export interface SumRequest extends RunOptions {
  readonly outputs: readonly string[];
  /** Which powers of each output are summed, output by output. Default: the first. */
  readonly powers?: readonly number[] | undefined;
}

export interface Pool {
  /** Makes the session of a graph in one thread, if it can be made: the first call that needs it says what is wrong. */
  open(graph: GraphSource): Promise<void>;
  /** Scores [recipes, targets] of a picture under many recipes. */
  scores(
    graph: GraphSource,
    scene: Scene,
    recipes: readonly Recipe[],
    reading: ScoreReading,
    options?: RunOptions & { readonly split?: Split },
  ): Promise<PoolScores>;
  /** Weighted sums of whole outputs over groups of rows, the same to the last bit whatever the workers and the batch. */
  sums(graph: GraphSource, scene: Scene, rows: readonly Row[], request: SumRequest): Promise<Sums>;
  /** Scores [channels, targets] of a picture where a layer's channels are taken away in turn; −1 takes none. */
  ablations(
    cut: CutGraph,
    scene: Scene,
    channels: readonly number[],
    request: { readonly value: AblatedValue; readonly reading: ScoreReading } & RunOptions,
  ): Promise<Float64Array>;
  /** Scores [boxes, targets] of a picture with the baseline in boxes, which are pairs of spans, computed from what changes. */
  boxes(
    incremental: Incremental,
    scene: Scene,
    boxes: readonly (readonly [y: number, x: number])[],
    request: { readonly reading: ScoreReading } & RunOptions,
  ): Promise<Float64Array>;
  /** Stops all calls within one batch and ends the threads. */
  close(): Promise<void>;
}

const LARGEST_CHUNK = 64;
/** In milliseconds, about: so long a worker is one call's before it may be another's. */
const TURN = 250;
/** Boxes that are handed out together at least: those of a size run together. */
const BOX_BATCH = 16;

/** Sessions are made in each thread when a graph is first used. */
export function createPool(options: PoolOptions, threads: Threads = startThreads(options)): Pool {
  const { workers, name } = options;
  const scheduler = createScheduler(workers * TASKS_PER_WORKER, options.queueLimit);
  let closing: Promise<void> | undefined;
  let calls = 0;
  let again: Promise<unknown> = Promise.resolve();
  /** The milliseconds that a row took last, by the key of its graph. */
  const paces = new Map<string, number>();
  const inATurn = ({ key }: GraphSource) => Math.min(LARGEST_CHUNK, TURN / (paces.get(key) ?? 1));

  /** A session that has other threads is another. */
  const withThreads = (graph: GraphSource, threads: number): GraphSource =>
    threads === options.threads ? graph : { ...graph, key: `${graph.key}, ${threads} threads`, threads };

  /** One after the other: a task that only waited in a thread which another brought down is not brought down with it again. */
  function runAgain(task: Task | OpenTask, among?: number): Promise<Answer> {
    const answer = again.then(() => threads.run(task, among));
    again = answer.catch(() => {});
    return answer;
  }

  async function answer(task: Task | OpenTask, among?: number): Promise<Answer> {
    return threads
      .run(task, among)
      .catch(() => runAgain(task, among))
      .catch((cause: Error) => {
        const message = `A worker thread died twice on the same batch of ${name}: ${cause.message}.`;
        const advice = 'If memory is short, try fewer workers or a smaller batch.';
        throw new ExplainError('ERR_WORKER_LOST', `${message} ${advice}`, { cause });
      });
  }

  /** Runs tasks and hands on what the workers answer. */
  function runAll(
    tasks: readonly Task[],
    stop: Int32Array,
    { signal, onProgress }: RunOptions,
    receive: (outcome: ScoreOutcome | SumOutcome, at: number, milliseconds: number) => void,
    among = workers,
  ) {
    const total = tasks.reduce((rows, task) => rows + rowCount(task), 0);
    let done = 0;
    let mapped: Promise<Answer> | undefined;
    return scheduler.submit({
      steps: tasks.length,
      slots: Math.floor(workers / among),
      signal,
      stop: () => Atomics.store(stop, 0, 1),
      async run(step) {
        const task = tasks[step]!;
        const answered = mapped ? mapped.then(() => answer(task, among)) : answer(task, among);
        if (task.kind === 'maps') mapped = answered;
        const { outcome, milliseconds } = await answered;
        if (outcome.kind === 'stopped' || outcome.kind === 'mapped' || outcome.kind === 'opened') return;
        if (outcome.kind === 'failed') throw failure(name, outcome);
        receive(outcome, step, milliseconds);
        paces.set(task.graph.key, milliseconds / rowCount(task));
        done += rowCount(task);
        if (Atomics.load(stop, 0) === 0) onProgress?.({ done, total });
      },
    });
  }

  return {
    async open(graph) {
      const run = async () => void (await answer({ kind: 'open', graph }));
      await scheduler.submit({ steps: 1, slots: 1, run, stop() {} }).catch(() => {});
    },

    async scores(graph, scene, recipes, reading, run = {}) {
      const split = run.split ?? options;
      const source = withThreads(graph, split.threads);
      const batch = graph.fixedBatch ?? Math.min(split.batch, Math.max(2, recipes.length));
      const stop = stopFlag();
      const shared = { kind: 'scores', call: calls++, graph: source, scene, reading, batch, stop } as const;
      const parts = guidedChunks(recipes, split.workers, batch, inATurn(source));
      const tasks = parts.map((part): Task => ({ ...shared, recipes: part }));
      const values: Float64Array[] = [];
      let inAll = 0;
      const receive = (outcome: ScoreOutcome | SumOutcome, at: number, milliseconds: number) => {
        values[at] = (outcome as ScoreOutcome).values;
        inAll += milliseconds;
      };
      await runAll(tasks, stop, run, receive, split.workers);
      return { values: concatenate(values), forwardPasses: recipes.length, milliseconds: inAll };
    },

    async sums(graph, scene, rows, { outputs, powers, ...run }) {
      const stop = stopFlag();
      const chunk = Math.max(SUM_CHUNK, graph.fixedBatch ?? 0);
      const within = sumRowsWithin(options.memory / workers, graph.rowBytes);
      const batch = graph.fixedBatch ?? Math.min(options.batch, chunk, within);
      const parts = chunks(rows, chunk);
      if (options.isStrict) checkFits(options.memory, Math.min(workers, parts.length), batch, graph);
      const shared = { kind: 'sums', call: calls++, graph, scene, outputs, powers, batch, stop } as const;
      const tasks = parts.map((part): Task => ({ ...shared, rows: part }));
      const total = addInOrder();
      await runAll(tasks, stop, run, (outcome, at) => total.add(outcome as SumOutcome, at));
      return { values: total.values, shapes: total.shapes, passes: rows.length };
    },

    async ablations(cut, scene, channels, { value, reading, ...run }) {
      const batch = cut.head.fixedBatch ?? options.batch;
      const stop = stopFlag();
      const shared = {
        kind: 'ablations',
        call: calls++,
        graph: cut.head,
        cut,
        scene,
        value,
        reading,
        batch,
        stop,
      } as const;
      const tasks = chunks(channels, LARGEST_CHUNK).map((part): Task => ({ ...shared, channels: part }));
      const values: Float64Array[] = [];
      await runAll(tasks, stop, run, (outcome, at) => {
        values[at] = (outcome as ScoreOutcome).values;
      });
      return concatenate(values);
    },

    async boxes(incremental, scene, boxes, { reading, ...run }) {
      const stop = stopFlag();
      const maps = incremental.values.map(({ shape }, at) => (at === 0 ? scene.picture : sharedTensor(shape)).data);
      const { graph } = incremental.rest;
      const shared = { call: calls++, graph, incremental, scene, maps, batch: BOX_BATCH, stop };
      const parts = guidedChunks(boxes, workers, BOX_BATCH, inATurn(graph));
      const tasks = parts.map((part): Task => ({ ...shared, kind: 'boxes', boxes: part, reading }));
      const values: Float64Array[] = [];
      // The maps are made first, and all other tasks wait for them.
      await runAll([{ ...shared, kind: 'maps' }, ...tasks], stop, run, (outcome, at) => {
        values[at - 1] = (outcome as ScoreOutcome).values;
      });
      return concatenate(values);
    },

    close() {
      closing ??= scheduler.close().then(() => threads.end());
      return closing;
    },
  };
}

const failure = (name: string, { message, code }: Extract<Outcome, { kind: 'failed' }>) =>
  code
    ? new ExplainError(code, message)
    : new ExplainError('ERR_INFERENCE', `ONNX Runtime failed on ${name}: ${message}`);

const stopFlag = () => new Int32Array(new SharedArrayBuffer(4));

function rowCount(task: Task): number {
  switch (task.kind) {
    case 'scores':
      return task.recipes.length;
    case 'sums':
      return task.rows.length;
    case 'ablations':
      return task.channels.length;
    case 'maps':
      return 0;
    case 'boxes':
      return task.boxes.length;
  }
}

/**
 * Cuts recipes or boxes into whole batches, of `most` or one, that get smaller towards the end (guided self-scheduling), so that the workers end
 * together. Scores do not depend on it.
 */
function guidedChunks<T>(items: readonly T[], workers: number, batch: number, most: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += parts.at(-1)!.length) {
    const fair = Math.ceil((items.length - at) / (workers * 4));
    const batches = Math.min(Math.ceil(fair / batch), Math.floor(most / batch));
    parts.push(items.slice(at, at + Math.max(1, batches) * batch));
  }
  return parts;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
