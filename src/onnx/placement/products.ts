/** Matrix products, sums and the attention made of them: which axes stay, and which are summed over. */
import { numberAttribute, stringAttribute } from '../attributes.ts';
import { einsumEquation } from '../einsum-equation.ts';
import type { Node } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';
import { type Axis, hasCells, other, type Placement, placesCells, withoutAxes } from './placement.ts';
import { regroup } from './regroup.ts';
import type { Move, Moves, Step } from './step.ts';

/** The axis that each factor of a product is summed over. */
type Summed = (node: Node, rank: number) => number;

const ofMatMul: readonly Summed[] = [(_, rank) => rank - 1, (_, rank) => Math.max(0, rank - 2)];
const ofFused: readonly Summed[] = [
  (node, rank) => rank - (numberAttribute(node, 'transA', 0) === 1 ? 2 : 1),
  (node, rank) => rank - (numberAttribute(node, 'transB', 0) === 1 ? 1 : 2),
];

/** The factors of a product: which inputs they are, and what they are summed over. */
const PRODUCTS: {
  readonly [operator: string]: { readonly inputs: readonly number[]; readonly summed: readonly Summed[] };
} = {
  MatMul: { inputs: [0, 1], summed: ofMatMul },
  MatMulInteger: { inputs: [0, 1], summed: ofMatMul },
  QLinearMatMul: { inputs: [0, 3], summed: ofMatMul },
  MatMulIntegerToFloat: { inputs: [0, 1], summed: ofMatMul },
  DynamicQuantizeMatMul: { inputs: [0, 1], summed: ofMatMul },
  FusedMatMul: { inputs: [0, 1], summed: ofFused },
  Gemm: { inputs: [0, 1], summed: ofFused },
  FusedGemm: { inputs: [0, 1], summed: ofFused },
};

/** Attention in one operator keeps its queries' places. */
const ATTENTION = ['Attention', 'MultiHeadAttention', 'QAttention'];

export const isAttention = ({ op }: Node): boolean => ATTENTION.includes(op);

/** Whether an operator adds up the cells of its input number `at`, so that each cell of the result knows of all. */
export function mixesCells(node: Node, at: number, placement: Placement): boolean {
  if (isAttention(node)) return placesCells(placement);
  if (node.op === 'Einsum') return einsumSums(node, at, placement);
  const product = PRODUCTS[node.op];
  const which = product?.inputs.indexOf(at) ?? -1;
  if (!product || which < 0) return false;
  return hasCells(placement.axes[product.summed[which]!(node, placement.axes.length)]);
}

function einsumSums(node: Node, at: number, { axes }: Placement): boolean {
  const { terms, result } = einsumEquation(
    stringAttribute(node, 'equation', ''),
    node.inputs.map(() => axes.length),
  );
  return axes.some((axis, place) => hasCells(axis) && !result.includes(terms[at]?.[place] ?? ''));
}

/** Rows of the first factor, on whose lines the result lies, and columns of the second; weights have neither. */
const product =
  (inputs: readonly number[], summed: readonly Summed[]): Move =>
  ({ node, placements, shape }) => {
    const [a, b] = inputs.map((input) => placements[input]);
    const [alongA, alongB] = [a, b].map((factor, at) => (factor ? summed[at]!(node, factor.axes.length) : -1));
    const kept = (factor: Placement | undefined, along: number) =>
      factor?.axes.filter((_, axis) => axis !== along) ?? [];
    const [rows, columns] = [kept(a, alongA!), kept(b, alongB!)];
    if (a && rows.some(hasCells))
      return { axes: fitted([...rows, columns.at(-1) ?? []], shape), ...withoutAxes(a, [alongA!]) };
    if (b && columns.some(hasCells))
      return { axes: fitted([...columns.slice(0, -1), [], columns.at(-1)!], shape), ...withoutAxes(b, [alongB!]) };
    return undefined;
  };

/** Aligned from the last axis on; one whose length is another has nothing to do with it. */
const fitted = (axes: readonly Axis[], shape: Step['shape']): Axis[] =>
  shape.map((length, at) => {
    const axis = axes[at + axes.length - shape.length];
    const same = axis?.length && regroup([axis], [length]);
    return same ? axis : other(length);
  });

const Einsum: Move = ({ node, placements, shapes, shape }) => {
  const { terms, result } = einsumEquation(
    stringAttribute(node, 'equation', ''),
    shapes.map((known) => known?.length ?? 0),
  );
  const stays = (letter: string | undefined) => letter !== undefined && result.includes(letter);
  const at = placements.findIndex((placement, input) =>
    placement?.axes.some((axis, place) => hasCells(axis) && stays(terms[input]?.[place])),
  );
  const from = placements[at];
  if (!from) return undefined;
  const term = terms[at]!;
  const axes = Array.from(result, (letter, axis) => from.axes[term.indexOf(letter)] ?? other(shape[axis]!));
  const summed = from.axes.findIndex((axis, place) => hasCells(axis) && !stays(term[place]));
  return { axes, ...(summed < 0 ? { y: from.y, x: from.x } : withoutAxes(from, [summed])) };
};

const reduce: Move = ({ node, placements: [before], shape, numbers }) => {
  if (!before) return undefined;
  const rank = before.axes.length;
  const listed = node.inputs[1] ? numbers(1) : before.axes.map((_, axis) => axis);
  if (!listed) return undefined;
  const gone = listed.map((axis) => axisOf(axis, rank));
  const keep = shape.length === rank;
  const axes = before.axes.flatMap((axis, at) => (gone.includes(at) ? (keep ? [other(1)] : []) : [axis]));
  return axes.length === shape.length ? { axes, ...withoutAxes(before, gone) } : undefined;
};

const queries: Move = ({ placements: [before], shape }) => before && { ...before, axes: fitted(before.axes, shape) };

const REDUCTIONS = ['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];

export const products: Moves = {
  ...Object.fromEntries(Object.entries(PRODUCTS).map(([op, { inputs, summed }]) => [op, product(inputs, summed)])),
  ...Object.fromEntries(REDUCTIONS.map((reduction) => [`Reduce${reduction}`, reduce])),
  ...Object.fromEntries(ATTENTION.map((attention) => [attention, queries])),
  Einsum,
};
