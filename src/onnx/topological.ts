import { expected } from '../core/errors.ts';
import { type Node, readBy } from './graph.ts';

/**
 * Sorts nodes so that each comes after those it reads; nodes that are in order already keep their order.
 * @param given the names that no node needs to compute: inputs, constants, and the values around a subgraph
 * @param source what the error names
 * @throws `ERR_MODEL` for a value that nothing gives, one that two nodes give, and a cycle.
 */
export function topological(nodes: readonly Node[], given: ReadonlySet<string>, source: string): Node[] {
  checkNames(nodes, given, source);
  const wanted = nodes.map((node) => new Set(namesRead(node).filter((name) => !given.has(name))));
  const readers = new Map<string, number[]>();
  for (const [at, names] of wanted.entries()) for (const name of names) pushTo(readers, name, at);

  const sorted: Node[] = [];
  const missing = wanted.map((names) => names.size);
  for (let scan = 0; scan < nodes.length; scan++) {
    const ready = missing[scan] === 0 ? [scan] : [];
    for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
      missing[at] = -1;
      sorted.push(nodes[at]!);
      for (const reader of nodes[at]!.outputs.flatMap((name) => readers.get(name) ?? [])) {
        missing[reader]!--;
        if (missing[reader] === 0 && reader < scan) ready.push(reader);
      }
    }
  }
  if (sorted.length === nodes.length) return sorted;
  const stuck = nodes[missing.findIndex((count) => count > 0)]!;
  throw expected('ERR_MODEL', source, 'nodes without a cycle', `one through ${labelOfNode(stuck)}`);
}

/** How an error names a node: its operator and its name, or its output where it has none. */
export const labelOfNode = (node: Node): string => `${node.op} '${node.name || node.outputs[0] || ''}'`;

function checkNames(nodes: readonly Node[], given: ReadonlySet<string>, source: string) {
  const computed = new Set<string>();
  for (const node of nodes) {
    for (const name of node.outputs.filter(Boolean)) {
      if (computed.has(name) || given.has(name)) {
        throw expected('ERR_MODEL', source, 'each value to be given once', `'${name}' again from ${labelOfNode(node)}`);
      }
      computed.add(name);
    }
  }
  for (const node of nodes) {
    const name = namesRead(node).find((input) => !computed.has(input) && !given.has(input));
    if (name === undefined) continue;
    throw expected(
      'ERR_MODEL',
      source,
      'every value that is read to be given',
      `'${name}', read by ${labelOfNode(node)} only`,
    );
  }
}

const namesRead = (node: Node) => readBy(node).filter(Boolean);

function pushTo(lists: Map<string, number[]>, key: string, item: number) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
