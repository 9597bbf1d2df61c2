import { numbersAttribute } from '../attributes.ts';
import { createBuilder } from '../builder.ts';
import { extend } from '../extend.ts';
import { type Graph, type Node, producers } from '../graph.ts';
import { prune } from '../prune.ts';

/**
 * ShuffleNet's shuffle takes channels [N, a · b, H, W] apart into [N, a, b, H, W], swaps a and b and puts them together again: a Gather
 * in their place leaves each cell where it is.
 */
export function withGatheredChannels(graph: Graph): Graph {
  const made = producers(graph);
  const shapeOf = (name: string) => graph.values.get(name)?.shape ?? [];
  const b = createBuilder('shuffle/');

  /** What a node shuffles, and the lengths a and b. */
  function shuffled(node: Node): { value: string; lengths: readonly [number, number] } | undefined {
    const swap = node.op === 'Reshape' ? made.get(node.inputs[0]!) : undefined;
    const apart = swap?.op === 'Transpose' ? made.get(swap.inputs[0]!) : undefined;
    if (!swap || apart?.op !== 'Reshape' || numbersAttribute(swap, 'perm', []).join() !== '0,2,1,3,4') return undefined;
    const value = apart.inputs[0]!;
    const [n, channels, ...cells] = shapeOf(value);
    const [, first, second] = shapeOf(apart.outputs[0]!);
    const whole = [n, channels, ...cells].join();
    const isShuffle =
      cells.length === 2 &&
      shapeOf(node.outputs[0]!).join() === whole &&
      shapeOf(apart.outputs[0]!).join() === [n, first, second, ...cells].join();
    if (!isShuffle || typeof first !== 'number' || typeof second !== 'number') return undefined;
    return { value, lengths: [first, second] };
  }

  const nodes = graph.nodes.map((node): Node => {
    const found = shuffled(node);
    if (!found) return node;
    const [first, second] = found.lengths;
    const order = Array.from({ length: first * second }, (_, at) => (at % first) * second + Math.floor(at / first));
    const inputs = [found.value, b.constant('int64', order)];
    return { ...node, op: 'Gather', inputs, attributes: { axis: { kind: 'int', value: 1 } } };
  });
  const names = graph.outputs.map(({ name }) => name);
  return b.constants.size === 0 ? graph : prune(extend({ ...graph, nodes }, b), names);
}
