import type { ElementType } from '../element-type.ts';
import type { Dimension, Node, Shape } from '../graph.ts';

/** What is known of a value before the model runs. */
export interface Known {
  readonly type: ElementType;
  readonly shape: Shape | undefined;
  /** The elements, in C order, of a small tensor: shapes computed in the graph, axes, scales. */
  readonly content?: readonly Dimension[] | undefined;
}

/** What an operator's outputs are, given its inputs; nothing where that cannot be told. */
export type ShapeRule = (
  node: Node,
  inputs: readonly (Known | undefined)[],
) => Known | readonly (Known | undefined)[] | undefined;

export interface ShapeRules {
  readonly [operator: string]: ShapeRule;
}

/** A length that only running the model tells. */
export const unknownLength = (node: Node, axis: number, output = 0): string => `${node.outputs[output]}.${axis}`;

/** An element that only running the model tells; unlike a length it may be of any sign. */
export const unknownNumber = (node: Node, at: number): string => `?${node.outputs[0]}.${at}`;

/** Whether an element is a length, or a product of lengths: a number, or the name of what is at least 0. */
export const isLength = (element: Dimension): boolean =>
  typeof element === 'number' ? element >= 0 : !element.includes('?');

/** A file that cannot be trusted may claim any rank. */
const LARGEST_RANK = 64;

/** A shape of which only the rank is known. */
export const shapeOfRank = (node: Node, rank: Dimension | undefined): Shape | undefined =>
  typeof rank === 'number' && rank <= LARGEST_RANK
    ? Array.from({ length: rank }, (_, axis) => unknownLength(node, axis))
    : undefined;

/** An axis counted from the front. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** An input's elements, where all of them are numbers. */
export function numbersIn(known: Known | undefined): readonly number[] | undefined {
  const numbers = known?.content?.filter((element) => typeof element === 'number');
  return numbers?.length === known?.content?.length ? numbers : undefined;
}

/** The shape that NumPy's broadcasting gives; undefined where one of the shapes is. */
export function broadcast(shapes: readonly (Shape | undefined)[]): Shape | undefined {
  if (shapes.some((shape) => shape === undefined)) return undefined;
  const all = shapes as readonly Shape[];
  const rank = Math.max(...all.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = all.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((length) => length !== 1);
    return lengths.find((length) => typeof length === 'number') ?? lengths[0] ?? 1;
  });
}

/** The rule of an operator's sibling for whole numbers. */
export const integer =
  (rule: ShapeRule): ShapeRule =>
  (node, inputs) => {
    const result = rule(node, inputs);
    return result && 'type' in result ? { ...result, type: 'int32' } : undefined;
  };
