/** ONNX Runtime sessions of one worker thread, made when a graph is first met and kept. */
import { InferenceSession } from 'onnxruntime-node';
import { checkUnchanged } from '../onnx/file-state.ts';
import type { Weights } from '../onnx/weights-in-file.ts';
import type { GraphSource } from './task.ts';

/** What a session may use: ONNX Runtime's threads and execution provider. */
export interface Resources {
  readonly threads: number;
  readonly provider?: string | undefined;
}

const sessions = new Map<string, Promise<InferenceSession>>();

/** The keys of the graphs of the series that was met last. */
const ofSeries = new Set<string>();
let lastSeries: string | undefined;

export async function sessionFor(graph: GraphSource, resources: Resources): Promise<InferenceSession> {
  if (graph.series !== undefined) await keepOnly(graph.series);
  const known = sessions.get(graph.key);
  // Of a large model's file nothing is copied: the operating system ends a process that reads where it was cut short.
  if (!known || graph.weights?.large) await Promise.all(graph.weights?.files.map(checkUnchanged) ?? []);
  if (known) return known;
  const opened = openSession(graph, resources);
  sessions.set(graph.key, opened);
  if (graph.series !== undefined) ofSeries.add(graph.key);
  opened.catch(() => sessions.delete(graph.key));
  return opened;
}

/** Lets the sessions of other series go. A worker runs one task at a time: none of them is at work. */
async function keepOnly(series: string): Promise<void> {
  if (series === lastSeries) return;
  lastSeries = series;
  const gone = [...ofSeries];
  ofSeries.clear();
  for (const key of gone) {
    const session = sessions.get(key);
    sessions.delete(key);
    await session?.then((opened) => opened.release()).catch(() => {});
  }
}

function openSession(
  { model, weights, derivesWeights, threads }: GraphSource,
  { threads: usual, provider }: Resources,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionMode: 'sequential',
    intraOpNumThreads: threads ?? usual,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    ...(provider ? { executionProviders: [provider] } : {}),
    extra: {
      ...(weights && typeof model !== 'string' ? { session: onDisk(weights) } : {}),
      ...(derivesWeights ? { optimization: { disable_specified_optimizers: 'ConstantFolding' } } : {}),
    },
  };
  if (typeof model === 'string') return InferenceSession.create(model, options);
  // ONNX Runtime refuses model bytes over shared memory.
  return InferenceSession.create(new Uint8Array(model), options);
}

const onDisk = ({ folder, large }: Weights) => ({
  model_external_initializers_file_folder_path: folder,
  ...(large ? { disable_prepacking: '1' } : {}),
});
