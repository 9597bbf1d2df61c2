import { numbersAttribute } from '../onnx/attributes.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { Graph, Node } from '../onnx/graph.ts';

/**
 * Where the channels of each value of rank 4 stand: convolutions and pools have them at axis 1, a Transpose moves them,
 * and everything else leaves them where its input had them.
 */
export function channelAxes(graph: Graph, input: string, layout: Layout): Map<string, number> {
  const axes = new Map([[input, layout === 'nchw' ? 1 : 3]]);
  const rankOf = (value: string) => graph.values.get(value)?.shape?.length;
  for (const node of graph.nodes) {
    const [value] = node.outputs;
    const axis = axisAfter(node, axes);
    if (value && axis !== undefined && axis >= 0 && rankOf(value) === 4) axes.set(value, axis);
  }
  return axes;
}

function axisAfter(node: Node, axes: ReadonlyMap<string, number>): number | undefined {
  if (/Conv|Pool/.test(node.op)) return 1;
  const before = node.inputs.map((input) => axes.get(input)).find((axis) => axis !== undefined);
  if (node.op !== 'Transpose' || before === undefined) return before;
  return numbersAttribute(node, 'perm', [3, 2, 1, 0]).indexOf(before);
}
