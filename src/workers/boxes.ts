/** Scores of a picture in which a box changes: each stage runs on crops around what changed, the rest whole. */
import { Tensor } from 'onnxruntime-node';
import { sizeOf } from '../core/tensor.ts';
import { lengthOf, type Span } from '../onnx/incremental/span.ts';
import { type CellMemory, createCellMemory } from './cell-memory.ts';
import { type Cells, packed, writeCrop } from './crop.ts';
import { numbersOf } from './elements.ts';
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
  readonly memory: CellMemory;
  /** Each value of the picture as it is, in the memory. */
  readonly maps: readonly Cells[];
  readonly baseline: Cells;
}

/** Memory of the calls that were served last: their next task goes on with it. */
const meansOf = recent<Means>(2);

/** Runs the stages on the whole picture as it is. */
export async function fillMaps(task: MapsTask, resources: Resources): Promise<Outcome> {
  const { incremental, maps } = task;
  const means = meansOf(task.call, () => meansFor(task, resources));
  const whole = (port: CropPort): CropPort => {
    const [, height, width] = incremental.values[port.value]!.shape;
    return { ...port, spans: [Int32Array.of(0, height), Int32Array.of(0, width)] };
  };
  for (const { inputs, outputs, ...stage } of incremental.stages) {
    const onWholes = { ...stage, inputs: inputs.map(whole), outputs: outputs.map(whole) };
    const results = await runStage(task, onWholes, [{ y: 0, x: 0, patches: [] }], means);
    for (const [at, { value }] of outputs.entries()) {
      const map = maps[value]!;
      map.set(means.memory.view(results[at]!, map.length));
      means.memory.view(means.maps[value]!.start, map.length).set(map);
      means.memory.give(results[at]!);
    }
  }
  return { kind: 'mapped' };
}

/** Copies the maps to where crops are made. */
function meansFor({ incremental, scene, maps }: MapsTask | BoxTask, resources: Resources): Means {
  const memory = createCellMemory();
  const copied = (numbers: Float32Array, value: number): Cells => {
    const [, height, width] = incremental.values[value]!.shape;
    const start = memory.take(numbers.length);
    memory.view(start, numbers.length).set(numbers);
    return packed(start, { from: 0, to: height }, { from: 0, to: width });
  };
  return { resources, memory, maps: maps.map(copied), baseline: copied(scene.baseline.data, 0) };
}

export async function collectBoxes(task: BoxTask, resources: Resources): Promise<Outcome> {
  const means = meansOf(task.call, () => meansFor(task, resources));
  const { baseline } = means;
  const [rows, columns] = task.incremental.values[0]!.boxes;
  const travellers = task.boxes.map(([y, x]): Traveller => {
    const [down, across] = [spanAt(rows, y), spanAt(columns, x)];
    const start = baseline.start + down.from * baseline.row + across.from;
    return { y, x, patches: [{ ...baseline, start, y: down, x: across }] };
  });
  const results: Result[] = [];
  const arrived = await travel(task, travellers, results, means);
  const values = arrived && (await scoresBehind(task, travellers, means));
  for (const { start } of results) means.memory.give(start);
  return values ? { kind: 'scores', values: Float64Array.from(values) } : { kind: 'stopped' };
}

/** What a run of a stage gave, in the memory. */
interface Result {
  readonly value: number;
  readonly start: number;
}

const isStopped = ({ stop }: BoxTask) => Atomics.load(stop, 0) !== 0;

/** Through all stages, whose results are kept while others read them; false if the task was told to stop. */
async function travel(
  task: BoxTask,
  travellers: readonly Traveller[],
  results: Result[],
  means: Means,
): Promise<boolean> {
  for (const [at, stage] of task.incremental.stages.entries()) {
    for (const batch of alike(travellers, stage)) {
      if (isStopped(task)) return false;
      const outputs = await runStage(task, stage, batch, means);
      for (const [number, port] of stage.outputs.entries()) {
        const start = outputs[number]!;
        results.push({ value: port.value, start });
        for (const [row, traveller] of batch.entries()) {
          traveller.patches[port.value] = changedPart(task.incremental, port, traveller, start, row);
        }
      }
    }
    const stillRead = new Set(readAfter(task.incremental, at));
    const read = results.filter(({ value }) => !stillRead.has(value));
    results.splice(0, Infinity, ...results.filter(({ value }) => stillRead.has(value)));
    for (const { start } of read) means.memory.give(start);
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
  means: Means,
): Promise<number[] | undefined> {
  const { incremental, reading } = task;
  const { graph, rows } = incremental.rest;
  const session = await sessionFor(graph, means.resources);
  const scores: number[] = [];
  for (let first = 0; first < travellers.length; first += rows) {
    if (isStopped(task)) return undefined;
    const batch = travellers.slice(first, first + rows);
    const crops = cropsFor(incremental, incremental.rest, batch, means);
    const { [reading.output]: output } = await session.run(tensorsOf(crops, means), [reading.output]);
    for (const { start } of crops) means.memory.give(start);
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

/** Where a stage put what it gives on the crops of some travellers: a row for each of them in each output. */
async function runStage(
  { incremental }: MapsTask | BoxTask,
  stage: CropStage,
  batch: readonly Traveller[],
  means: Means,
): Promise<number[]> {
  const session = await sessionFor(stage.graph, means.resources);
  const crops = cropsFor(incremental, stage, batch, means);
  const results = stage.outputs.map((port) => roomFor(incremental, stage, port, batch, means));
  await session.run(tensorsOf(crops, means), tensorsOf(results, means));
  for (const { start } of crops) means.memory.give(start);
  return results.map(({ start }) => start);
}

/** What a tensor is made of. */
interface Room {
  readonly name: string;
  readonly start: number;
  readonly dims: readonly [rows: number, channels: number, height: number, width: number];
}

/** The crops of what a stage reads. */
function cropsFor(incremental: Incremental, stage: CropStage, batch: readonly Traveller[], means: Means): Room[] {
  return stage.inputs.map((port) => {
    const { value, fill, spans } = port;
    const room = roomFor(incremental, stage, port, batch, means);
    const [rows, channels, height, width] = room.dims;
    for (let row = 0; row < rows; row++) {
      const { y, x, patches } = batch[row] ?? batch[0]!;
      const down = filled(spanAt(spans[0], y), fill[0], fill[2]);
      const across = filled(spanAt(spans[1], x), fill[1], fill[3]);
      const crop = packed(room.start + row * channels * height * width, down, across);
      writeCrop(means.memory, channels, means.maps[value]!, patches[value] ?? NOTHING, crop);
    }
    return room;
  });
}

/** ONNX Runtime reads and writes the memory where it is. */
const tensorsOf = (rooms: readonly Room[], { memory }: Means): Record<string, Tensor> =>
  Object.fromEntries(
    rooms.map(({ name, start, dims }) => [name, new Tensor('float32', memory.view(start, sizeOf(dims)), dims)]),
  );

/** For the crops of a port. A lone one runs twice where the batch is dynamic, as kernels for one row round differently. */
function roomFor(
  { values }: Incremental,
  { graph }: CropStage,
  { value, name, fill, spans }: CropPort,
  batch: readonly Traveller[],
  { memory }: Means,
): Room {
  const { y, x } = batch[0]!;
  const [top, left, bottom, right] = fill;
  const [height, width] = [lengthOf(spanAt(spans[0], y)), lengthOf(spanAt(spans[1], x))];
  const rows = graph.fixedBatch ?? Math.max(2, batch.length);
  const dims = [rows, values[value]!.shape[0], height + top + bottom, width + left + right] as const;
  return { name, start: memory.take(sizeOf(dims)), dims };
}

/** What a row of a stage's output says of the cells that change. */
function changedPart(
  { values }: Incremental,
  { value, spans }: CropPort,
  { y, x }: Traveller,
  start: number,
  row: number,
): Cells {
  const { shape, boxes } = values[value]!;
  const [down, across] = [spanAt(spans[0], y), spanAt(spans[1], x)];
  const [tall, wide] = [spanAt(boxes[0], y), spanAt(boxes[1], x)];
  const crop = packed(start, down, across);
  const first = row * shape[0] * crop.plane + (tall.from - down.from) * crop.row + wide.from - across.from;
  return { ...crop, start: start + first, y: tall, x: wide };
}

const spanAt = (spans: Int32Array, number: number): Span => ({ from: spans[2 * number]!, to: spans[2 * number + 1]! });

const filled = ({ from, to }: Span, before: number, behind: number): Span => ({ from: from - before, to: to + behind });

/** Where nothing is changed. */
const NOTHING = packed(0, { from: 0, to: 0 }, { from: 0, to: 0 });
