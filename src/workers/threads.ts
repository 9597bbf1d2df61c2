/** The threads of a pool. They may start before there is anything to run. */
import { extname } from 'node:path';
import { Piscina, queueOptionsSymbol } from 'piscina';
import type { Answer, OpenTask, Task } from './task.ts';

export interface ThreadOptions {
  /** Worker threads, each with its own sessions. */
  readonly workers: number;
  /** ONNX Runtime's threads inside each worker. */
  readonly threads: number;
  /** ONNX Runtime's execution provider. Default: its own choice, the CPU. */
  readonly provider?: string | undefined;
  /** The worker's file and limits; tests put faulty ones here. */
  readonly worker?: { readonly file: string; readonly resourceLimits?: { readonly maxOldGenerationSizeMb: number } };
}

export interface Threads {
  /**
   * Rejects where a thread was lost.
   * @param among in so many of the workers, unless others only are free. Default: in any
   */
  run(task: Task | OpenTask, among?: number): Promise<Answer>;
  /** To be called when no task is under way: to end a thread that runs one takes the process with it. */
  end(): Promise<void>;
}

/** One that runs and one that waits: to hand a task over takes both threads a millisecond, in which the worker would idle. */
export const TASKS_PER_WORKER = 2;
/** As modules, or bundled. */
const FILE = new URL(`./thread${extname(import.meta.url)}`, import.meta.url).href;

/** Starts one thread, as a short call needs no more, and others when there is work for them; those that come to it stay. */
export function startThreads({ workers, threads, provider, worker }: ThreadOptions): Threads {
  const piscina = new Piscina<Task | OpenTask, Answer>({
    filename: worker?.file ?? FILE,
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: Infinity,
    concurrentTasksPerWorker: TASKS_PER_WORKER,
    loadBalancer: leastBusy,
    recordTiming: false,
    workerData: { threads, provider },
    ...(worker?.resourceLimits ? { resourceLimits: worker.resourceLimits } : {}),
  });
  // A lost worker rejects its task, which is where it is dealt with.
  piscina.on('error', () => {});
  const run: Threads['run'] = (task, among = workers) => {
    const placed = { ...task, [queueOptionsSymbol]: { among } };
    return piscina.run(placed);
  };
  const loaded = run({ kind: 'open' }).catch(() => {});
  return {
    run,
    async end() {
      await loaded;
      await piscina.destroy();
    },
  };
}

type LoadBalancer = NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer']>;

/** Among the oldest workers, if need be among all: those have the sessions of tasks that are not for all. */
const leastBusy: LoadBalancer = (task, workers) => {
  const { among } = Reflect.get(task, queueOptionsSymbol) as { readonly among: number };
  const byAge = [...workers].sort((one, other) => one.id - other.id);
  return leastUsed(byAge.slice(0, among)) ?? leastUsed(byAge);
};

type Worker = Parameters<LoadBalancer>[1][number];

function leastUsed(workers: readonly Worker[]): Worker | null {
  const least = Math.min(...workers.map(({ currentUsage }) => currentUsage));
  return workers.find(({ currentUsage }) => currentUsage === least && least < TASKS_PER_WORKER) ?? null;
}
