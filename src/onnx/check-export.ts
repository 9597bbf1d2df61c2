/** Slips of an export after which no method could say anything about the model. */
import { expected } from '../core/errors.ts';
import { numberAttribute } from './attributes.ts';
import { type Graph, type Node, readBy } from './graph.ts';
import { labelOfNode } from './topological.ts';

/**
 * @param graph of the internal opset
 * @throws `ERR_MODEL` for a model in training mode, whose scores of a picture depend on the others in its batch, and for
 * operators of PyTorch. Weights may be normalised as in training: weight standardisation is exported so.
 */
export function checkExport(graph: Graph): void {
  const training = nodesAfterInputs(graph).find(isTraining);
  if (training) {
    const action = 'Call model.eval() before the export, and leave out its training option.';
    throw expected('ERR_MODEL', labelOfNode(training), 'inference mode', 'training mode', action);
  }
  const foreign = graph.nodes.find(({ domain }) => domain.startsWith('org.pytorch.'));
  if (foreign) {
    const action = 'Export the model again without fallback to ATen.';
    throw expected('ERR_MODEL', labelOfNode(foreign), 'an operator of ONNX', `one of '${foreign.domain}'`, action);
  }
}

function nodesAfterInputs({ inputs, nodes }: Graph): Node[] {
  const reached = new Set(inputs.map(({ name }) => name));
  return nodes.filter((node) => {
    const isReached = readBy(node).some((name) => reached.has(name));
    if (isReached) for (const output of node.outputs) reached.add(output);
    return isReached;
  });
}

const isTraining = (node: Node) =>
  node.op === 'BatchNormalization' && node.domain === '' && numberAttribute(node, 'training_mode', 0) === 1;
