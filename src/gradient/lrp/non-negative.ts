/** Values of which it can be told from the graph that none lies below 0, as behind a ReLU. */
import { stringAttribute } from '../../onnx/attributes.ts';
import { numbersOf } from '../../onnx/constants.ts';
import type { Graph, Node } from '../../onnx/graph.ts';
import { COPYING } from '../copying-rules.ts';

/** Whatever goes in. */
const ALWAYS: ReadonlySet<string> = new Set(
  'Relu Sigmoid HardSigmoid Softmax Softplus Exp Abs Sqrt ReduceL1 ReduceL2 ReduceSumSquare LpPool GlobalLpPool'.split(
    ' ',
  ),
);
/** Where all operands are. */
const OF_ALL: ReadonlySet<string> = new Set(['Add', 'Sum', 'Mean', 'Mul', 'Div', 'Min', 'Max', 'Concat']);
/** Where the first operand is. */
const OF_FIRST: ReadonlySet<string> = new Set([
  ...Object.keys(COPYING).filter((operator) => operator !== 'Concat' && operator !== 'Pad'),
  ...'MaxPool AveragePool GlobalMaxPool GlobalAveragePool ReduceMax ReduceMin ReduceMean ReduceSum LRN'.split(' '),
  ...'LeakyRelu PRelu Elu Selu Celu HardSwish'.split(' '),
]);

export function nonNegativeValues(graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const numbers = (value: string) => {
    const constant = graph.constants.get(value);
    return constant && numbersOf(constant);
  };
  const isFound = (value: string | undefined) =>
    value !== undefined && (found.has(value) || numbers(value)?.every((number) => number >= 0) === true);
  const isNonNegative = (node: Node) => {
    const { op, inputs } = node;
    if (node.domain !== '') return false;
    if (OF_ALL.has(op)) return inputs.every(isFound);
    if (op === 'Clip') return isFound(inputs[1]);
    if (op === 'Pad') return isFound(inputs[0]) && (!inputs[2] || isFound(inputs[2]));
    if (op === 'Where') return isFound(inputs[1]) && isFound(inputs[2]);
    if (op === 'Resize') return isFound(inputs[0]) && stringAttribute(node, 'mode', 'nearest') !== 'cubic';
    return ALWAYS.has(op) || (OF_FIRST.has(op) && isFound(inputs[0]));
  };
  for (const node of graph.nodes) if (isNonNegative(node)) for (const value of node.outputs) found.add(value);
  return found;
}
