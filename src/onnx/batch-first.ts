import { createBuilder } from './builder.ts';
import type { Graph } from './graph.ts';

/**
 * The graph with a value handed on through a copy of it that has the batch in front, and the copy's name.
 * @param batch the axis that the pictures stand at
 */
export function batchFirst(graph: Graph, value: string, batch: number): { graph: Graph; value: string } {
  const known = graph.values.get(value);
  if (batch === 0 || !known?.shape) return { graph, value };
  const b = createBuilder(`${value}/batch_first/`);
  const forward = [batch, ...Array.from(known.shape.keys()).filter((axis) => axis !== batch)];
  const front = b.op('Transpose', [value], { perm: forward });
  const back = b.op('Transpose', [front], { perm: forward.map((_, axis) => forward.indexOf(axis)) });
  const maker = graph.nodes.findIndex(({ outputs }) => outputs.includes(value));
  const readers = graph.nodes.slice(maker + 1).map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => (input === value ? back : input)),
  }));
  const shape = forward.map((axis) => known.shape![axis]!);
  return {
    graph: {
      ...graph,
      nodes: [...graph.nodes.slice(0, maker + 1), ...b.nodes, ...readers],
      values: new Map([...graph.values, [front, { ...known, name: front, shape }], [back, { ...known, name: back }]]),
    },
    value: front,
  };
}
