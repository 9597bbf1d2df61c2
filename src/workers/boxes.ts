/** Scores of a picture in which a box changes: each stage runs on a crop around what changed, the rest whole. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { sizeOf } from '../core/tensor.ts';
import { lengthOf, type Span } from '../onnx/incremental/span.ts';
import { type Patch, writeCrop } from './crop.ts';
import { numbersOf } from './elements.ts';
import { scoresOfRows } from './reading.ts';
import { type Resources, sessionFor } from './session.ts';
import type { BoxTask, CropStage, MapsTask, Outcome } from './task.ts';

/** Runs the stages on the whole picture as it is. */
export async function fillMaps({ incremental, scene, maps }: MapsTask, resources: Resources): Promise<Outcome> {
  const room = createRoom();
  let map = scene.picture.data;
  for (const [at, stage] of incremental.stages.entries()) {
    const whole = { ...wholeOf(stage.shape), patch: nothing(map) };
    const output = await runCrops(await sessionFor(stage.graph, resources), stage, map, [whole], room);
    maps[at]!.set(numbersOf(output).subarray(0, maps[at]!.length));
    map = maps[at]!;
  }
  return { kind: 'mapped' };
}

/** A box of one picture on its way through the stages. */
interface Traveller {
  readonly y: number;
  readonly x: number;
  /** What is changed in the input of the next stage. */
  patch: Patch;
}

export async function collectBoxes(task: BoxTask, resources: Resources): Promise<Outcome> {
  const { scene, incremental, boxes } = task;
  const [, height, width] = scene.baseline.shape as [number, number, number];
  const travellers = boxes.map(([y, x]): Traveller => {
    const [down, across] = [incremental.spans[0][y]!, incremental.spans[1][x]!];
    const start = down.from * width + across.from;
    return { y, x, patch: { data: scene.baseline.data, start, row: width, plane: height * width, y: down, x: across } };
  });
  const room = createRoom();
  const arrived = await travel(task, travellers, resources, room);
  const values = arrived && (await scoresBehind(task, travellers, resources, room));
  return values ? { kind: 'scores', values: Float64Array.from(values) } : { kind: 'stopped' };
}

const isStopped = ({ stop }: BoxTask) => Atomics.load(stop, 0) !== 0;

/** Through all stages; false if the task was told to stop. */
async function travel(task: BoxTask, travellers: readonly Traveller[], resources: Resources, room: Room) {
  const { incremental, scene, maps } = task;
  for (const [at, stage] of incremental.stages.entries()) {
    const session = await sessionFor(stage.graph, resources);
    const map = at === 0 ? scene.picture.data : maps[at - 1]!;
    for (const batch of alike(travellers, stage)) {
      if (isStopped(task)) return false;
      const crops = batch.map(({ y, x, patch }) => ({ y: stage.crops[0][y]!, x: stage.crops[1][x]!, patch }));
      const output = await runCrops(session, stage, map, crops, room);
      for (const [row, traveller] of batch.entries()) traveller.patch = changedPart(stage, traveller, output, row);
    }
  }
  return true;
}

/** The scores [travellers, targets] of what lies behind the last stage; undefined if the task was told to stop. */
async function scoresBehind(task: BoxTask, travellers: readonly Traveller[], resources: Resources, room: Room) {
  const { maps, reading } = task;
  const { rest, shape, rows } = task.incremental;
  const session = await sessionFor(rest, resources);
  const last = { graph: rest, shape, output: reading.output, fill: [0, 0, 0, 0] } as const;
  const values: number[] = [];
  for (let first = 0; first < travellers.length; first += rows) {
    if (isStopped(task)) return undefined;
    const batch = travellers.slice(first, first + rows);
    const crops = batch.map(({ patch }) => ({ ...wholeOf(shape), patch }));
    const output = await runCrops(session, last, maps.at(-1)!, crops, room);
    for (const score of scoresOfRows({ data: numbersOf(output), shape: output.dims }, batch.length, reading))
      values.push(score);
  }
  return values;
}

const wholeOf = ([, height, width]: CropStage['shape']) => ({ y: { from: 0, to: height }, x: { from: 0, to: width } });

/** Batches of those whose crops have the same size. */
function alike(travellers: readonly Traveller[], { crops, rows }: CropStage): Traveller[][] {
  const groups = new Map<string, Traveller[]>();
  for (const traveller of travellers) {
    const size = `${lengthOf(crops[0][traveller.y]!)}x${lengthOf(crops[1][traveller.x]!)}`;
    const group = groups.get(size);
    if (group) group.push(traveller);
    else groups.set(size, [traveller]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / rows) }, (_, at) => group.slice(at * rows, (at + 1) * rows)),
  );
}

/** What a row of a stage's output says of the cells that change. */
function changedPart({ crops, boxes, stride }: CropStage, { y, x }: Traveller, output: Tensor, row: number): Patch {
  const [, channels, height, width] = output.dims as [number, number, number, number];
  const [down, across] = [boxes[0][y]!, boxes[1][x]!];
  const top = down.from - crops[0][y]!.from / stride[0];
  const left = across.from - crops[1][x]!.from / stride[1];
  const plane = height * width;
  return {
    data: numbersOf(output),
    start: row * channels * plane + top * width + left,
    row: width,
    plane,
    y: down,
    x: across,
  };
}

/** Gives the same memory again and again, for so many numbers. */
type Room = (length: number) => Float32Array;

function createRoom(): Room {
  let numbers = new Float32Array(0);
  return (length) => {
    if (numbers.length < length) numbers = new Float32Array(length);
    return numbers.subarray(0, length);
  };
}

interface Crop {
  readonly y: Span;
  readonly x: Span;
  readonly patch: Patch;
}

/** A lone crop runs twice where the batch is dynamic, as kernels for one row round differently. */
async function runCrops(
  session: InferenceSession,
  { graph, shape, fill: [top, left, bottom, right], output }: Pick<CropStage, 'graph' | 'shape' | 'fill' | 'output'>,
  map: Float32Array,
  crops: readonly Crop[],
  room: Room,
): Promise<Tensor> {
  const [height, width] = [lengthOf(crops[0]!.y) + top + bottom, lengthOf(crops[0]!.x) + left + right];
  const dims = [graph.fixedBatch ?? Math.max(2, crops.length), shape[0], height, width];
  const numbers = room(sizeOf(dims));
  const length = sizeOf(dims.slice(1));
  for (let row = 0; row < dims[0]!; row++) {
    const { y, x, patch } = crops[row] ?? crops[0]!;
    const [rows, columns] = [
      { from: y.from - top, to: y.to + bottom },
      { from: x.from - left, to: x.to + right },
    ];
    writeCrop({ data: map, shape }, patch, rows, columns, numbers, row * length);
  }
  const results = await session.run({ [graph.input]: new Tensor('float32', numbers, dims) }, [output]);
  return results[output]!;
}

const nothing = (data: Float32Array): Patch => ({
  data,
  start: 0,
  row: 0,
  plane: 0,
  y: { from: 0, to: 0 },
  x: { from: 0, to: 0 },
});
