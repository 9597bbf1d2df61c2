/** An ONNX graph as plain immutable data, and the questions asked of it. Nothing runs here. */
import type { ElementType } from './element-type.ts';

export type { ElementType } from './element-type.ts';

/** A length, or the name of one that is not known before the model runs (a dynamic batch). */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** A named value; `shape` is undefined where not even the rank is known. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape | undefined;
}

/** Where a tensor's bytes lie in a file beside the model. The file is never read whole. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** A tensor in the file: little-endian bytes in C order (strings: one entry each), or a reference to another file. */
export interface Constant {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | readonly string[] | ExternalData;
}

export type Attribute =
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Constant }
  | { readonly kind: 'graph'; readonly value: Graph };

export interface Node {
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  /** The path of the PyTorch module that the exporter says it comes from, e.g. `layer4.1.conv2`. */
  readonly scope?: string;
  /** An empty string stands for an optional input (or output) left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: { readonly [name: string]: Attribute };
}

export interface Graph {
  readonly irVersion: number;
  /** Version of each operator set by domain; ONNX's own is the empty string. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Without those that only give an initializer a name. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** What the file, or `inferShapes`, says of the values in between. */
  readonly values: ReadonlyMap<string, Value>;
}

/** The node that computes each value. */
export function producers(graph: Graph): Map<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.filter(Boolean).map((output) => [output, node] as const)));
}

/** The nodes that read each value. */
export function consumers(graph: Graph): Map<string, Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(readBy(node).filter(Boolean))) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}

/** All that a node reads: its inputs, and what its subgraphs capture. */
export const readBy = (node: Node): string[] => [...node.inputs, ...capturedNames(node)];

/** The outer values that a node's subgraphs (If, Loop) read. */
function capturedNames(node: Node): string[] {
  return Object.values(node.attributes).flatMap((attribute) => {
    if (attribute.kind !== 'graph') return [];
    const inner = attribute.value;
    const own = new Set([...inner.constants.keys(), ...inner.inputs.map((v) => v.name), ...producers(inner).keys()]);
    const read = inner.nodes.flatMap(readBy).concat(inner.outputs.map((v) => v.name));
    return read.filter((name) => name && !own.has(name));
  });
}
