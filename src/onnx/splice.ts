/** Puts a subgraph, or the body of a function, in the place of the node that it belongs to. */
import type { Attribute, Constant, Graph, Node, Value } from './graph.ts';
import { type GraphNames, subgraphs } from './names.ts';

/** What the graph around it gains. */
export interface Spliced {
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly values: ReadonlyMap<string, Value>;
}

export interface Place {
  /** What the inner inputs stand for; an empty string for one that is left out. */
  readonly inputs: readonly string[];
  /** What the inner outputs are called outside; an empty string for one that nobody asked for. */
  readonly outputs: readonly string[];
  readonly names: GraphNames;
  /** Stands before the inner names of nodes and values. Without it values keep theirs where nobody else has them. */
  readonly prefix: string;
}

/** The nodes of `inner` under names that are free outside; what it captures from outside keeps its name. */
export function splice(inner: Graph, { inputs, outputs, names, prefix }: Place): Spliced {
  const renamed = new Map(inner.inputs.map(({ name }, at) => [name, inputs[at] ?? '']));
  const computed = new Set(inner.nodes.flatMap((node) => node.outputs));
  const copies: [from: string, to: string][] = [];
  for (const [at, { name }] of inner.outputs.entries()) {
    const outer = outputs[at];
    if (!outer) continue;
    if (computed.has(name) && !renamed.has(name)) renamed.set(name, outer);
    else copies.push([name, outer]);
  }
  const rename = (name: string) => (prefix ? names.values.claim(`${prefix}${name}`) : names.values.keep(name));
  for (const name of [...computed, ...inner.constants.keys()]) {
    if (name && !renamed.has(name)) renamed.set(name, rename(name));
  }
  const outside: Lookup = (name) => (name && renamed.get(name)) ?? name;
  const nameOf = ({ name, op }: Node) =>
    prefix ? names.nodes.claim(`${prefix}${name || op}`) : name && names.nodes.keep(name);
  const nodes = inner.nodes.map((node) => ({ ...renameNode(node, outside, rename), name: nameOf(node) }));
  return {
    nodes: [...nodes, ...copies.map(([from, to]) => identity(outside(from), to))],
    constants: renameKeys(inner.constants, outside),
    values: new Map(
      [...inner.values.values()].map((value) => [outside(value.name), { ...value, name: outside(value.name) }]),
    ),
  };
}

type Lookup = (name: string) => string;

function renameNode(node: Node, lookup: Lookup, rename: Lookup): Node {
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] =>
    attribute.kind === 'graph'
      ? [name, { kind: 'graph', value: renameGraph(attribute.value, lookup, rename) }]
      : [name, attribute],
  );
  return {
    ...node,
    inputs: node.inputs.map(lookup),
    outputs: node.outputs.map(lookup),
    attributes: subgraphs(node).length > 0 ? Object.fromEntries(attributes) : node.attributes,
  };
}

/** A subgraph of a node that moves: its own names become new ones too, as two of its copies may see each other's. */
function renameGraph(graph: Graph, outer: Lookup, rename: Lookup): Graph {
  const own = new Map<string, string>();
  for (const name of [
    ...graph.inputs.map((input) => input.name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]) {
    if (name) own.set(name, rename(name));
  }
  const lookup: Lookup = (name) => own.get(name) ?? outer(name);
  const renameValue = (value: Value): Value => ({ ...value, name: lookup(value.name) });
  return {
    ...graph,
    inputs: graph.inputs.map(renameValue),
    outputs: graph.outputs.map(renameValue),
    nodes: graph.nodes.map((node) => renameNode(node, lookup, rename)),
    constants: renameKeys(graph.constants, lookup),
    values: new Map([...graph.values.values()].map((value) => [lookup(value.name), renameValue(value)])),
  };
}

const renameKeys = <T>(map: ReadonlyMap<string, T>, lookup: Lookup): Map<string, T> =>
  new Map(Array.from(map, ([name, value]) => [lookup(name), value]));

/** A value under a second name. */
const identity = (from: string, to: string): Node => ({
  op: 'Identity',
  domain: '',
  name: '',
  inputs: [from],
  outputs: [to],
  attributes: {},
});
