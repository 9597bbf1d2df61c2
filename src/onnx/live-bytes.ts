import type { Graph } from './graph.ts';
import { sizeOfOne } from './incremental/multiplications.ts';

/**
 * The most that the values of one picture take at once while the nodes of a graph run in order, each value being let go behind the last
 * node that reads it. In bytes, of numbers of 4.
 * @param graph with shapes inferred
 */
export function liveBytes({ nodes, outputs, values }: Graph): number {
  const lastRead = new Map(nodes.flatMap(({ inputs }, at) => inputs.map((name) => [name, at] as const)));
  for (const { name } of outputs) lastRead.set(name, nodes.length);
  const made = new Set<string>();
  const sizeOf = (names: Iterable<string>) =>
    [...names].reduce((total, name) => total + sizeOfOne(values.get(name)?.shape), 0);
  let [live, most] = [0, 0];
  for (const [at, node] of nodes.entries()) {
    const results = node.outputs.filter((name) => name !== '');
    live += sizeOf(results);
    most = Math.max(most, live);
    for (const name of results) made.add(name);
    const gone = new Set(
      [...node.inputs, ...results].filter((name) => made.has(name) && (lastRead.get(name) ?? at) === at),
    );
    live -= sizeOf(gone);
  }
  return most * Float32Array.BYTES_PER_ELEMENT;
}
