/** A plain worker thread with a plain session: the yardstick. Nothing of the package is in this loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession } from 'onnxruntime-node';
import type { ElementType } from '../src/onnx/element-type.ts';
import { tensorOf } from '../src/workers/elements.ts';

export interface RawWork {
  readonly path: string;
  readonly input: string;
  /** The input's shape but for the batch axis. */
  readonly shape: readonly number[];
  readonly threads: number;
  readonly batch: number;
}

const { path, input, shape, threads, batch } = workerData as RawWork;
const session = await InferenceSession.create(path, {
  executionMode: 'sequential',
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
});
const length = shape.reduce((product, size) => product * size, batch);
const pixels = Float32Array.from({ length }, (_, at) => Math.sin(at * 0.37));
const [taken] = session.inputMetadata;
const type = taken?.isTensor ? (taken.type as ElementType) : 'float32';
const feeds = { [input]: tensorOf(type, pixels, [batch, ...shape]) };
await session.run(feeds);

parentPort!.on('message', async (seconds: number) => {
  const begin = performance.now();
  let passes = 0;
  while (performance.now() - begin < seconds * 1000) {
    await session.run(feeds);
    passes += batch;
  }
  parentPort!.postMessage((passes * 1000) / (performance.now() - begin));
});
parentPort!.postMessage('ready');
