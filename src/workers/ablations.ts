/** Takes channels of a layer away, one in each row, and runs only the part of the model behind the layer. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { sizeOf } from '../core/tensor.ts';
import { batchFeeder } from './batch.ts';
import { numbersOf } from './elements.ts';
import { scoresOfRows } from './reading.ts';
import { recent } from './recent.ts';
import { type Resources, sessionFor } from './session.ts';
import type { AblatedValue, AblationTask, CutGraph, Outcome } from './task.ts';

/** What crosses the cut on batches of the picture as it is, for the calls that were served last. */
const crossingOf = recent<Promise<Crossing>>(2);
type Crossing = InferenceSession.OnnxValueMapType;

/** What comes before the layer runs once in a worker. */
export async function collectAblations(task: AblationTask, resources: Resources): Promise<Outcome> {
  const { cut, channels, reading, batch } = task;
  const tail = await sessionFor(cut.tail, resources);
  const { [cut.layer]: layer, ...beside } = await crossingOf(task.call, () => runHead(task, resources));
  const ablate = ablation(numbersOf(layer!), layer!.dims, cut, task.value);
  const values: number[] = [];
  for (let at = 0; at < channels.length; at += batch) {
    if (Atomics.load(task.stop, 0) !== 0) return { kind: 'stopped' };
    const taken = channels.slice(at, at + batch);
    const feeds = { ...beside, [cut.layer]: new Tensor('float32', ablate(taken), layer!.dims) };
    const results = await tail.run(feeds, [reading.output]);
    const output = results[reading.output]!;
    values.push(...scoresOfRows({ data: numbersOf(output), shape: output.dims }, taken.length, reading));
  }
  return { kind: 'scores', values: Float64Array.from(values) };
}

async function runHead(task: AblationTask, resources: Resources): Promise<Crossing> {
  const head = await sessionFor(task.cut.head, resources);
  const original = Array.from({ length: task.batch }, () => ({ recipe: { kind: 'original' } }) as const);
  return head.run(batchFeeder(task)(original), [...task.cut.crossing]);
}

/** Gives the layer's values with, in row r, channel number `channels[r]` taken away. */
function ablation(
  values: Float32Array,
  dims: readonly number[],
  { batchAxis, channelAxis }: CutGraph,
  value: AblatedValue,
): (channels: readonly number[]) => Float32Array {
  const ablated = new Float32Array(values.length);
  const stride = (axis: number) => sizeOf(dims.slice(axis + 1));
  const elements = offsets(dims.map((length, axis) => (axis === batchAxis || axis === channelAxis ? 1 : length)));
  const places = elements.map((place) => place.reduce((sum, index, axis) => sum + index * stride(axis), 0));
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const filling = value === 'zero' || least === 0 ? 0 : least - 1e7;
  return (channels) => {
    ablated.set(values);
    for (const [row, channel] of channels.entries()) {
      if (channel < 0) continue;
      const start = row * stride(batchAxis) + channel * stride(channelAxis);
      for (const place of places) ablated[start + place] = filling;
    }
    return ablated;
  };
}

/** The index of every element of a shape. */
const offsets = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (known, length) => known.flatMap((index) => Array.from({ length }, (_, at) => [...index, at])),
    [[]],
  );
