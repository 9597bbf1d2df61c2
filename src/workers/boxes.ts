/** Scores of a picture in which a box changes: each stage runs on crops around what changed, the rest whole. */
import { Tensor } from 'onnxruntime-node';
import { sizeOf } from '../core/tensor.ts';
import { lengthOf, type Span } from '../onnx/incremental/span.ts';
import { type Cells, packed, writeCrop } from './crop.ts';
import { numbersOf } from './elements.ts';
import { createMemory, type Memory } from './memory.ts';
import { scoresOfRows } from './reading.ts';
import { recent } from './recent.ts';
import { type Resources, sessionFor } from './session.ts';
import type { BoxTask, CropPort, CropStage, Incremental, MapsTask, Outcome } from './task.ts';

/** A box of one picture on its way through the stages. */
interface Traveller {
  /** The numbers of its spans. */
  readonly y: number;
  readonly x: number;
  /** What is changed in each value, as far as that was computed. */
  readonly patches: (Cells | undefined)[];
}

/** What a worker has at hand for the tasks of a call. */
interface Means {
  readonly resources: Resources;
  readonly memory: Memory;
}

/** Memory of the calls that were served last: their next task goes on with it. */
const memoryOf = recent<Memory>(2);

/** Runs the stages on the whole picture as it is. */
export async function fillMaps(task: MapsTask, resources: Resources): Promise<Outcome> {
  const { incremental, maps } = task;
  const means = { resources, memory: memoryOf(task.call, createMemory) };
  const whole = (port: CropPort): CropPort => {
    const [, height, width] = incremental.values[port.value]!.shape;
    return { ...port, spans: [Int32Array.of(0, height), Int32Array.of(0, width)] };
  };
  for (const { inputs, outputs, ...stage } of incremental.stages) {
    const onWholes = { ...stage, inputs: inputs.map(whole), outputs: outputs.map(whole) };
    const results = await runStage(task, onWholes, [{ y: 0, x: 0, patches: [] }], means);
    for (const [at, { value }] of outputs.entries()) {
      maps[value]!.set(results[at]!.subarray(0, maps[value]!.length));
      means.memory.give(results[at]!);
    }
  }
  return { kind: 'mapped' };
}

export async function collectBoxes(task: BoxTask, resources: Resources): Promise<Outcome> {
  const { scene, incremental, boxes } = task;
  const [, height, width] = scene.baseline.shape as [number, number, number];
  const [rows, columns] = incremental.values[0]!.boxes;
  const travellers = boxes.map(([y, x]): Traveller => {
    const [down, across] = [spanAt(rows, y), spanAt(columns, x)];
    const start = down.from * width + across.from;
    const patch = { data: scene.baseline.data, start, row: width, plane: height * width, y: down, x: across };
    return { y, x, patches: [patch] };
  });
  const means = { resources, memory: memoryOf(task.call, createMemory) };
  const values = (await travel(task, travellers, means)) && (await scoresBehind(task, travellers, means));
  return values ? { kind: 'scores', values: Float64Array.from(values) } : { kind: 'stopped' };
}

const isStopped = ({ stop }: BoxTask) => Atomics.load(stop, 0) !== 0;

/** Through all stages; false if the task was told to stop. */
async function travel(task: BoxTask, travellers: readonly Traveller[], means: Means): Promise<boolean> {
  const { stages } = task.incremental;
  let results: { readonly value: number; readonly numbers: Float32Array }[] = [];
  for (const [at, stage] of stages.entries()) {
    for (const batch of alike(travellers, stage)) {
      if (isStopped(task)) return false;
      const outputs = await runStage(task, stage, batch, means);
      for (const [number, port] of stage.outputs.entries()) {
        const numbers = outputs[number]!;
        results.push({ value: port.value, numbers });
        for (const [row, traveller] of batch.entries()) {
          traveller.patches[port.value] = changedPart(task.incremental, port, traveller, numbers, row);
        }
      }
    }
    const stillRead = new Set(readAfter(task.incremental, at));
    for (const { value, numbers } of results) if (!stillRead.has(value)) means.memory.give(numbers);
    results = results.filter(({ value }) => stillRead.has(value));
  }
  return true;
}

/** The values that stages after one, or the rest, read. */
const readAfter = ({ stages, rest }: Incremental, at: number): number[] =>
  [...stages.slice(at + 1), rest].flatMap(({ inputs }) => inputs.map(({ value }) => value));

/** The scores [travellers, targets] of what lies behind the last stage; undefined if the task was told to stop. */
async function scoresBehind(
  task: BoxTask,
  travellers: readonly Traveller[],
  { resources, memory }: Means,
): Promise<number[] | undefined> {
  const { incremental, reading } = task;
  const { graph, rows } = incremental.rest;
  const session = await sessionFor(graph, resources);
  const scores: number[] = [];
  for (let first = 0; first < travellers.length; first += rows) {
    if (isStopped(task)) return undefined;
    const batch = travellers.slice(first, first + rows);
    const feeds = feedsOf(task, incremental.rest, batch, memory);
    const { [reading.output]: output } = await session.run(feeds, [reading.output]);
    giveBack(feeds, memory);
    const numbers = { data: numbersOf(output!), shape: output!.dims };
    for (const score of scoresOfRows(numbers, batch.length, reading)) scores.push(score);
  }
  return scores;
}

/** Batches of those whose crops have the same size. */
function alike(travellers: readonly Traveller[], { inputs, rows }: CropStage): Traveller[][] {
  const [{ spans }] = inputs as [CropPort];
  const groups = new Map<string, Traveller[]>();
  for (const traveller of travellers) {
    const size = `${lengthOf(spanAt(spans[0], traveller.y))}x${lengthOf(spanAt(spans[1], traveller.x))}`;
    const group = groups.get(size);
    if (group) group.push(traveller);
    else groups.set(size, [traveller]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / rows) }, (_, at) => group.slice(at * rows, (at + 1) * rows)),
  );
}

/** What a stage gives on the crops of some travellers: a row for each of them in each output. */
async function runStage(
  task: MapsTask | BoxTask,
  stage: CropStage,
  batch: readonly Traveller[],
  { resources, memory }: Means,
): Promise<Float32Array[]> {
  const session = await sessionFor(stage.graph, resources);
  const feeds = feedsOf(task, stage, batch, memory);
  const results = stage.outputs.map((port) => {
    const dims = dimsOf(task.incremental, stage, port, batch);
    return [port.name, new Tensor('float32', memory.take(sizeOf(dims)), dims)] as const;
  });
  await session.run(feeds, Object.fromEntries(results));
  giveBack(feeds, memory);
  return results.map(([, { data }]) => data as Float32Array);
}

type Feeds = Record<string, Tensor>;

/** The crops of what a stage reads. */
function feedsOf(
  { incremental, maps }: MapsTask | BoxTask,
  stage: CropStage,
  batch: readonly Traveller[],
  memory: Memory,
): Feeds {
  const fed = stage.inputs.map((port) => {
    const { name, value, fill, spans } = port;
    const { shape } = incremental.values[value]!;
    const dims = dimsOf(incremental, stage, port, batch);
    const numbers = memory.take(sizeOf(dims));
    for (let row = 0; row < dims[0]; row++) {
      const { y, x, patches } = batch[row] ?? batch[0]!;
      const down = filled(spanAt(spans[0], y), fill[0], fill[2]);
      const across = filled(spanAt(spans[1], x), fill[1], fill[3]);
      const crop = packed(numbers, row * sizeOf(dims.slice(1)), down, across);
      writeCrop({ data: maps[value]!, shape }, patches[value] ?? NOTHING, crop);
    }
    return [name, new Tensor('float32', numbers, dims)] as const;
  });
  return Object.fromEntries(fed);
}

function giveBack(feeds: Feeds, memory: Memory): void {
  for (const { data } of Object.values(feeds)) memory.give(data as Float32Array);
}

/** Of the crops of a port. A lone one runs twice where the batch is dynamic, as kernels for one row round differently. */
function dimsOf(
  { values }: Incremental,
  { graph }: CropStage,
  { value, fill, spans }: CropPort,
  batch: readonly Traveller[],
): [rows: number, channels: number, height: number, width: number] {
  const { y, x } = batch[0]!;
  const [top, left, bottom, right] = fill;
  const [height, width] = [lengthOf(spanAt(spans[0], y)), lengthOf(spanAt(spans[1], x))];
  const rows = graph.fixedBatch ?? Math.max(2, batch.length);
  return [rows, values[value]!.shape[0], height + top + bottom, width + left + right];
}

/** What a row of a stage's output says of the cells that change. */
function changedPart(
  { values }: Incremental,
  { value, spans }: CropPort,
  { y, x }: Traveller,
  numbers: Float32Array,
  row: number,
): Cells {
  const { shape, boxes } = values[value]!;
  const [down, across] = [spanAt(spans[0], y), spanAt(spans[1], x)];
  const crop = packed(numbers, 0, down, across);
  const [top, left] = [spanAt(boxes[0], y), spanAt(boxes[1], x)];
  const start = row * shape[0] * crop.plane + (top.from - down.from) * crop.row + left.from - across.from;
  return { ...crop, start, y: top, x: left };
}

const spanAt = (spans: Int32Array, number: number): Span => ({ from: spans[2 * number]!, to: spans[2 * number + 1]! });

const filled = ({ from, to }: Span, before: number, behind: number): Span => ({ from: from - before, to: to + behind });

/** Where nothing is changed. */
const NOTHING = packed(new Float32Array(0), 0, { from: 0, to: 0 }, { from: 0, to: 0 });
