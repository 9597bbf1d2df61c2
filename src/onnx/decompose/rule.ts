import type { AttributeValues, Builder } from '../builder.ts';
import type { ElementType, Node, Shape } from '../graph.ts';

/** What a decomposition may ask of the graph around its node, and where it puts the operators that it is made of. */
export interface Surroundings {
  readonly b: Builder;
  shapeOf(value: string): Shape | undefined;
  typeOf(value: string): ElementType | undefined;
  /** The elements of a small tensor that are known beforehand. */
  numbersOf(value: string): readonly number[] | undefined;
  /** The tensors that each sequence holds, where that is known beforehand. */
  readonly sequences: Map<string, readonly string[]>;
}

/**
 * The values that stand for the node's outputs, none where these are sequences; undefined for a form of the operator that
 * cannot be taken apart.
 */
export type Decomposition = (node: Node, around: Surroundings) => readonly string[] | undefined;

export interface Decompositions {
  readonly [operator: string]: Decomposition;
}

/** A node's attributes as a builder takes them, without some. */
export function attributesOf(node: Node, ...without: readonly string[]): AttributeValues {
  const entries = Object.entries(node.attributes).filter(([name]) => !without.includes(name));
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      if (attribute.kind === 'float' || attribute.kind === 'floats') return [name, { float: attribute.value }];
      return [name, attribute.kind === 'graph' ? undefined : attribute.value];
    }),
  );
}

/** The lengths of a value from some axis on, to be known while the model runs. */
export const lengths = (b: Builder, value: string, start: number, end?: number): string =>
  b.op('Shape', [value], { start, end });

export const ints = (b: Builder, values: number | readonly number[]): string => b.constant('int64', values);

/** Whether the node has no output but the first, and no input from place `count` on. */
export const only = ({ inputs, outputs }: Node, count: number): boolean =>
  [...outputs.slice(1), ...inputs.slice(count)].every((name) => name === '');
