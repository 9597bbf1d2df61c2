/** Matrix products and reductions. */
import { numberAttribute, stringAttribute } from '../attributes.ts';
import { multiply } from '../dimension.ts';
import { einsumEquation } from '../einsum-equation.ts';
import type { Shape } from '../graph.ts';
import {
  axisOf,
  broadcast,
  integer,
  isLength,
  numbersIn,
  type ShapeRule,
  type ShapeRules,
  unknownLength,
} from './rule.ts';

const Gemm: ShapeRule = (node, [a, b]) => {
  if (a?.shape?.length !== 2 || b?.shape?.length !== 2) return undefined;
  const rows = a.shape[numberAttribute(node, 'transA', 0)]!;
  const columns = b.shape[1 - numberAttribute(node, 'transB', 0)]!;
  return { type: a.type, shape: [rows, columns] };
};

/** NumPy's matmul: vectors gain an axis for the product and lose it after; the axes before the last two broadcast. */
const MatMul: ShapeRule = (_, [a, b]) => {
  if (!a?.shape?.length || !b?.shape?.length) return undefined;
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)])!;
  const rows = a.shape.length === 1 ? [] : [left.at(-2)!];
  const columns = b.shape.length === 1 ? [] : [right.at(-1)!];
  return { type: a.type, shape: [...batch, ...rows, ...columns] };
};

const Einsum: ShapeRule = (node, inputs) => {
  if (!inputs[0] || inputs.some((input) => !input?.shape)) return undefined;
  const shapes = inputs.map((input) => input!.shape!);
  const ranks = shapes.map(({ length }) => length);
  const { terms, result } = einsumEquation(stringAttribute(node, 'equation', ''), ranks);
  const along = (letter: string, axis: number) =>
    broadcast(terms.map((term, at) => shapes[at]!.filter((_, place) => term[place] === letter)))![0] ??
    unknownLength(node, axis);
  return { type: inputs[0].type, shape: [...result].map(along) };
};

const reduce: ShapeRule = (node, [x, axes]) => {
  if (!x?.shape) return undefined;
  const rank = x.shape.length;
  const listed = axes ? numbersIn(axes) : [];
  const keep = numberAttribute(node, 'keepdims', 1) === 1;
  if (!listed) return { type: x.type, shape: keep ? x.shape.map((_, axis) => unknownLength(node, axis)) : undefined };
  if (listed.length === 0 && numberAttribute(node, 'noop_with_empty_axes', 0) === 1)
    return { type: x.type, shape: x.shape };
  const reduced = listed.length === 0 ? x.shape.map((_, axis) => axis) : listed.map((axis) => axisOf(axis, rank));
  return { type: x.type, shape: without(x.shape, reduced, keep) };
};

/** The product of a vector of lengths is how many elements a tensor has. */
const ReduceProd: ShapeRule = (node, inputs) => {
  const result = reduce(node, inputs);
  const [x] = inputs;
  const single = result && 'type' in result && result.shape?.every((length) => length === 1);
  if (!single || !x?.content?.every(isLength)) return result;
  return { ...result, content: [multiply(x.content)] };
};

const argument: ShapeRule = (node, [x]) => {
  if (!x?.shape) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 0), x.shape.length);
  return { type: 'int64', shape: without(x.shape, [axis], numberAttribute(node, 'keepdims', 1) === 1) };
};

const without = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  keep
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis));

const TopK: ShapeRule = (node, [x, k]) => {
  if (!x?.shape) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', -1), x.shape.length);
  const shape = x.shape.with(axis, k?.content?.[0] ?? unknownLength(node, axis));
  return [
    { type: x.type, shape },
    { type: 'int64', shape },
  ];
};

export const linear: ShapeRules = {
  Gemm,
  MatMul,
  MatMulInteger: integer(MatMul),
  Einsum,
  ReduceMean: reduce,
  ReduceSum: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceSumSquare: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ArgMax: argument,
  ArgMin: argument,
  TopK,
};
