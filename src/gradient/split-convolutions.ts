import { numberAttribute } from '../onnx/attributes.ts';
import { consumers, type Graph, type Node, producers } from '../onnx/graph.ts';

/**
 * Makes one convolution for each part of a convolution whose channels are only split: Split(x ∗ W) = (x ∗ W₁, x ∗ W₂, …).
 * So do the gradients of concatenated features stay in ONNX Runtime's blocked layout, which has no Split.
 */
export function splitConvolutions(graph: Graph): Graph {
  const made = producers(graph);
  const readers = consumers(graph);
  const asked = new Set(graph.outputs.map(({ name }) => name));
  const whole = new Set<Node>();
  const nodes = graph.nodes.flatMap((node) => {
    const [value = '', lengths = ''] = node.inputs;
    const convolution = made.get(value);
    if (!convolution || !splitsChannelsOf(convolution, node) || !graph.constants.has(lengths)) return [node];
    if (readers.get(value)!.length > 1 || asked.has(value)) return [node];
    whole.add(convolution);
    return partsOf(convolution, node);
  });
  return { ...graph, nodes: nodes.filter((node) => !whole.has(node)) };
}

const splitsChannelsOf = (convolution: Node, split: Node) =>
  split.op === 'Split' &&
  numberAttribute(split, 'axis', 0) === 1 &&
  convolution.op === 'Conv' &&
  convolution.inputs.length === 2 &&
  numberAttribute(convolution, 'group', 1) === 1;

/** The weights are split along their output channels. */
function partsOf(convolution: Node, split: Node): Node[] {
  const [x, weights] = convolution.inputs as [string, string];
  const parts = split.outputs.map((output) => `${output}/weights`);
  return [
    { ...split, inputs: [weights, split.inputs[1]!], outputs: parts, attributes: {} },
    ...split.outputs.map((output, at) => ({
      ...convolution,
      name: output,
      inputs: [x, parts[at]!],
      outputs: [output],
    })),
  ];
}
