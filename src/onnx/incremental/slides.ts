/** Operators whose results depend on a few neighbouring cells only, and how far these lie. */
import { numberAttribute, numbersAttribute, slidingOf, stringAttribute } from '../attributes.ts';
import { numbersOf } from '../constants.ts';
import type { Graph, Node } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';
import { type Grid, gridOf, isBesideCells, isChannelsFirst } from './grid.ts';
import { movedAxes } from './moved-axes.ts';
import { type Slide, stay } from './span.ts';

/** Along y, and along x. */
export type Slides = readonly [y: Slide, x: Slide];

/** A result, and how each of its cells comes from those of the inputs, which all have the same. */
export interface Local {
  readonly grid: Grid;
  readonly slides: Slides;
}

/** Each cell of the result is made of the same cell of the inputs. */
const POINTWISE = new Set(
  [
    'Identity Dropout Relu LeakyRelu PRelu Elu Celu Selu Sigmoid HardSigmoid HardSwish Swish Mish Gelu Softplus Softsign Tanh',
    'ThresholdedRelu Exp Log Sqrt Reciprocal Erf Neg Abs Clip Add Sub Mul Div Pow Min Max Sum Mean BatchNormalization LRN',
  ].flatMap((names) => names.split(' ')),
);
/** Those of them that know the channels by their place. */
const OF_CHANNELS = new Set(['BatchNormalization', 'LRN']);
const SLIDING = new Set(['Conv', 'MaxPool', 'AveragePool', 'LpPool']);

/**
 * How the only result of a node comes from its inputs; undefined where a changed cell may change all of it.
 * @param grids of the values that depend on the picture, as far as they have cells
 */
export function localOf(graph: Graph, node: Node, grids: ReadonlyMap<string, Grid>): Local | undefined {
  const shape = graph.values.get(node.outputs[0]!)?.shape;
  const carried = node.inputs.filter((name) => grids.has(name));
  const from = grids.get(carried[0] ?? '');
  const isFloat = graph.values.get(node.outputs[0]!)?.type === 'float32';
  if (!from || !isFloat || node.domain !== '' || node.outputs.slice(1).some(Boolean)) return undefined;
  if (!carried.every((name) => sameCells(grids.get(name)!, from))) return undefined;
  const still: Slides = [stay(from.height), stay(from.width)];
  const readsOne = carried.length === 1 && carried[0] === node.inputs[0];
  const axes = readsOne ? movedAxes(graph, node, from) : undefined;
  const moved = axes && gridOf(shape, axes.y, axes.x);
  if (moved) return { grid: moved, slides: still };
  const grid = shape?.length === from.rank ? gridOf(shape, from.y, from.x) : undefined;
  const slides = isPointwise(graph, node, grids, from) ? still : readsOne && grid && slidesOf(graph, node, from, grid);
  return slides && grid ? { grid, slides } : undefined;
}

const sameCells = (a: Grid, b: Grid) =>
  a.rank === b.rank && a.y === b.y && a.x === b.x && a.height === b.height && a.width === b.width;

function isPointwise(graph: Graph, node: Node, grids: ReadonlyMap<string, Grid>, from: Grid): boolean {
  if (node.op === 'Concat')
    return isBesideCells(axisOf(numberAttribute(node, 'axis', 0), from.rank), from) && allCarried(node, grids);
  if (OF_CHANNELS.has(node.op) && (!isChannelsFirst(from) || numberAttribute(node, 'training_mode', 0) !== 0))
    return false;
  if (node.op === 'LayerNormalization' || node.op === 'MatMul') return isAlongChannels(graph, node, grids, from);
  return POINTWISE.has(node.op) && othersSpreadOut(graph, node, grids, from);
}

/** Where the channels stand last: each cell is normalised by itself, or multiplied by the same matrix. */
function isAlongChannels(graph: Graph, node: Node, grids: ReadonlyMap<string, Grid>, from: Grid): boolean {
  const last = from.rank - 1;
  if (!isBesideCells(last, from) || !grids.has(node.inputs[0]!) || grids.has(node.inputs[1]!)) return false;
  if (node.op === 'MatMul') return graph.values.get(node.inputs[1]!)?.shape?.length === 2;
  return axisOf(numberAttribute(node, 'axis', -1), from.rank) === last;
}

function slidesOf(graph: Graph, node: Node, from: Grid, to: Grid): Slides | undefined {
  if (!isChannelsFirst(from)) return undefined;
  if (node.op === 'Pad') return padding(graph, node, from, to);
  return SLIDING.has(node.op) ? sliding(graph, node, from, to) : undefined;
}

const allCarried = ({ inputs }: Node, grids: ReadonlyMap<string, Grid>) => inputs.every((name) => grids.has(name));

/** Whether the inputs that do not depend on the picture have one value along the cells. */
function othersSpreadOut(graph: Graph, { op, inputs }: Node, grids: ReadonlyMap<string, Grid>, from: Grid): boolean {
  return inputs.every((name, at) => {
    if (name === '' || grids.has(name)) return true;
    const shape = graph.values.get(name)?.shape;
    if (op === 'BatchNormalization' || op === 'Dropout') return shape !== undefined && at > 0;
    return (
      shape?.every((length, axis) => length === 1 || isBesideCells(axis + from.rank - shape.length, from)) ?? false
    );
  });
}

function sliding(graph: Graph, node: Node, from: Grid, to: Grid): Slides | undefined {
  const weights = graph.values.get(node.inputs[1] ?? '')?.shape?.slice(2);
  const kernel = numbersAttribute(node, 'kernel_shape', weights?.map(Number) ?? []);
  const found = slidingOf(node, kernel, [from.height, from.width]);
  if (!found || kernel.length !== 2 || found.pads.some((pad) => pad < 0)) return undefined;
  const along = (axis: 0 | 1, cells: number, results: number): Slide => ({
    extent: (kernel[axis]! - 1) * found.dilations[axis]! + 1,
    stride: found.strides[axis]!,
    begin: found.pads[axis]!,
    end: found.pads[axis + 2]!,
    cells,
    results,
  });
  return [along(0, from.height, to.height), along(1, from.width, to.width)];
}

/** Of constants around the cells. */
function padding(graph: Graph, node: Node, from: Grid, to: Grid): Slides | undefined {
  const pads = graph.constants.get(node.inputs[1] ?? '');
  const numbers = pads && numbersOf(pads);
  const isPlain = stringAttribute(node, 'mode', 'constant') === 'constant' && !node.inputs[3];
  if (!isPlain || numbers?.length !== 8 || numbers.some((pad, at) => pad < 0 || (at % 4 < 2 && pad !== 0)))
    return undefined;
  const along = (axis: number, cells: number, results: number) => ({
    ...stay(cells),
    begin: numbers[axis]!,
    end: numbers[axis + 4]!,
    results,
  });
  return [along(2, from.height, to.height), along(3, from.width, to.width)];
}
