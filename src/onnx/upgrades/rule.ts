import type { Builder } from '../builder.ts';
import type { ElementType, Node } from '../graph.ts';

/** What an upgrade may ask of the graph around its node, and where it puts what the node then needs. */
export interface Surroundings {
  readonly builder: Builder;
  /** How many axes a value has, where the file says so. */
  rankOf(value: string): number | undefined;
  typeOf(value: string): ElementType | undefined;
  /** The numbers of a constant. */
  numbersOf(value: string | undefined): readonly number[] | undefined;
}

/** The node as the next operator set writes it; its outputs keep their names. */
export type Upgrade = (node: Node, around: Surroundings) => Node;

/** For each operator, the versions of ONNX's operator set that changed what it means or how it is written. */
export interface Upgrades {
  readonly [operator: string]: { readonly [version: number]: Upgrade };
}

/** The node without some attributes. */
export function withoutAttributes(node: Node, ...names: readonly string[]): Node {
  const attributes = Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)));
  return { ...node, attributes };
}

/** The node with a string attribute. */
export const withMode = (node: Node, name: string, value: string): Node => ({
  ...node,
  attributes: { ...node.attributes, [name]: { kind: 'string', value } },
});

/** An attribute that became the input at place `at`: a scalar for a number, a vector for several. `like` is the first input's type. */
export const toInput =
  (name: string, type: ElementType | 'like', at: number): Upgrade =>
  (node, { builder, typeOf }) => {
    const values = node.attributes[name]?.value;
    const own = type === 'like' ? floatTypeOf(typeOf(node.inputs[0]!)) : type;
    const constant = typeof values === 'number' || isNumbers(values) ? builder.constant(own, values) : '';
    const inputs = Array.from({ length: Math.max(at + 1, node.inputs.length) }, (_, place) => node.inputs[place] ?? '');
    return { ...withoutAttributes(node, name), inputs: withoutEmptyEnd(inputs.with(at, constant)) };
  };

/** What is not known is float32. */
const floatTypeOf = (type: ElementType | undefined): ElementType =>
  type === 'float16' || type === 'float64' ? type : 'float32';

const withoutEmptyEnd = (names: readonly string[]) => names.slice(0, names.findLastIndex(Boolean) + 1);

/** One upgrade after another. */
export const inTurn =
  (...upgrades: readonly Upgrade[]): Upgrade =>
  (node, around) =>
    upgrades.reduce((upgraded, upgrade) => upgrade(upgraded, around), node);

const isNumbers = (values: unknown): values is readonly number[] =>
  Array.isArray(values) && values.every((value) => typeof value === 'number');
