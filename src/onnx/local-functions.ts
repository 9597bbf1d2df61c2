/** Functions that a model brings along: some exporters write a module once, and a call of it wherever it stands. */
import { expected } from '../core/errors.ts';
import type { Attribute, Graph, Node } from './graph.ts';
import { type GraphNames, namesOf, subgraphs } from './names.ts';
import { splice } from './splice.ts';
import { labelOfNode } from './topological.ts';
import { changedBetween } from './upgrade.ts';

export interface LocalFunction {
  readonly name: string;
  /** Its size in the file. */
  readonly bytes: number;
  /** The body as a graph, given the attributes of the node that calls it. */
  body(attributes: Node['attributes']): Graph;
}

/** How the node that calls a function, and the function itself, are found by one another. */
export const functionKey = (domain: string, name: string): string => `${domain}:${name}`;

/** Functions that call others twice, which call others twice, would fill any memory. */
const MOST_ITEMS = 100_000;
const MOST_BYTES = 2 ** 28;
const DEEPEST = 64;

interface Inlining {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly opsets: Map<string, number>;
  readonly names: GraphNames;
  readonly source: string;
  /** What the bodies put in place come to so far. */
  items: number;
  bytes: number;
}

/**
 * The graph with the nodes of a function in the place of each call. Nodes and inner values are called `caller/inner`.
 * @throws `ERR_MODEL` for functions that call themselves, and for more than 100 000 nodes and constants
 */
export function inlineFunctions(graph: Graph, functions: ReadonlyMap<string, LocalFunction>, source: string): Graph {
  if (functions.size === 0) return graph;
  const inlining = { functions, opsets: new Map(graph.opsets), names: namesOf(graph), source, items: 0, bytes: 0 };
  const inlined = inlineCalls(graph, inlining, []);
  return withOpsets(inlined, inlining.opsets);
}

function inlineCalls(graph: Graph, inlining: Inlining, callers: readonly string[]): Graph {
  const constants = new Map(graph.constants);
  const values = new Map(graph.values);
  const nodes = graph.nodes.flatMap((node) => {
    const called = inlining.functions.get(functionKey(node.domain, node.op));
    if (!called) return [withInner(node, (inner) => inlineCalls(inner, inlining, callers))];
    const body = bodyOf(node, called, inlining, callers);
    const { inputs, outputs, name } = node;
    const place = { inputs, outputs, names: inlining.names, prefix: `${name || outputs.find(Boolean) || node.op}/` };
    const spliced = splice(body, place);
    for (const [key, constant] of spliced.constants) constants.set(key, constant);
    for (const [key, value] of spliced.values) values.set(key, value);
    return spliced.nodes;
  });
  return { ...graph, nodes, constants, values };
}

function bodyOf(node: Node, called: LocalFunction, inlining: Inlining, callers: readonly string[]): Graph {
  const { source, opsets } = inlining;
  const chain = [...callers, called.name];
  const refuse = (wanted: string, received: string) =>
    expected('ERR_MODEL', `${labelOfNode(node)} in ${source}`, wanted, received);
  if (callers.includes(called.name)) throw refuse('functions that do not call themselves', chain.join(' → '));
  if (chain.length > DEEPEST) throw refuse(`functions at most ${DEEPEST} deep in each other`, 'deeper ones');
  const body = called.body(node.attributes);
  spend(inlining, body, called.bytes);
  if (node.outputs.length > body.outputs.length)
    throw refuse(`at most ${body.outputs.length} outputs`, String(node.outputs.length));
  for (const [domain, version] of body.opsets) if (!opsets.has(domain)) opsets.set(domain, version);
  const [own, model] = [body.opsets.get(''), opsets.get('')];
  const changed =
    own !== undefined && model !== undefined && allNodes(body).find((inner) => changedBetween(inner, own, model));
  if (changed) {
    throw refuse(`a body of operator set ${model}, as the model's`, `${own}, where ${changed.op} meant something else`);
  }
  return inlineCalls(body, inlining, chain);
}

function spend(inlining: Inlining, { inputs, outputs, nodes, constants }: Graph, bytes: number): void {
  inlining.items += inputs.length + outputs.length + nodes.length + constants.size;
  inlining.bytes += bytes;
  if (inlining.items <= MOST_ITEMS && inlining.bytes <= MOST_BYTES) return;
  const wanted = `functions of at most ${MOST_ITEMS} nodes and constants where they are called`;
  throw expected('ERR_MODEL', inlining.source, wanted, 'more');
}

const allNodes = (graph: Graph): Node[] => graph.nodes.flatMap((node) => [node, ...subgraphs(node).flatMap(allNodes)]);

function withInner(node: Node, change: (inner: Graph) => Graph): Node {
  if (subgraphs(node).length === 0) return node;
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] =>
    attribute.kind === 'graph' ? [name, { kind: 'graph', value: change(attribute.value) }] : [name, attribute],
  );
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/** Subgraphs carry the versions of the graph that they lie in. */
const withOpsets = (graph: Graph, opsets: Graph['opsets']): Graph => ({
  ...graph,
  opsets,
  nodes: graph.nodes.map((node) => withInner(node, (inner) => withOpsets(inner, opsets))),
});
