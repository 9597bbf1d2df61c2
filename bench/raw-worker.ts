/** A plain worker thread with a plain session: the yardstick. Nothing of the package is in this loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

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
const feeds = { [input]: new Tensor('float32', pixels, [batch, ...shape]) };
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
