/**
 * A gate says how much of another value goes on and is not itself what goes on: a bounded function of the picture (in Swish,
 * GELU and squeeze-and-excitation), attention's probabilities, a divisor. What it weighs takes all of the relevance.
 */
import { numbersOf } from '../../onnx/constants.ts';
import type { Graph, Node } from '../../onnx/graph.ts';
import { COPYING } from '../copying-rules.ts';
import { stepsFrom } from '../steps-from.ts';

const BOUNDED: ReadonlySet<string> = new Set(['Sigmoid', 'HardSigmoid', 'Tanh', 'Clip', 'Erf', 'Reciprocal']);
const KEEPING: ReadonlySet<string> = new Set(['Mul', 'Div', 'Add', 'Sub', 'Sum', ...Object.keys(COPYING)]);

/**
 * The values of a graph that are gates where they meet another factor.
 * @param withAttention whether attention's probabilities are
 */
export function gateValues(graph: Graph, input: string, withAttention: boolean): ReadonlySet<string> {
  const gates = new Set<string>();
  for (const { node, operator, varying } of stepsFrom(graph, input)) {
    const isGate =
      BOUNDED.has(operator) ||
      (withAttention && operator === 'Softmax') ||
      isReciprocal(graph, node, varying) ||
      (KEEPING.has(operator) && varying.every((value) => gates.has(value)));
    if (isGate) for (const value of node.outputs) gates.add(value);
    // Its scale and zero point say how its numbers are read.
    if (operator === 'DynamicQuantizeLinear') for (const value of node.outputs.slice(1)) gates.add(value);
  }
  return gates;
}

/** c / x, or x to a negative power. */
function isReciprocal({ constants }: Graph, { op, inputs }: Node, varying: readonly string[]): boolean {
  const [first = '', second = ''] = inputs;
  if (op === 'Div') return !varying.includes(first);
  const exponent = op === 'Pow' ? constants.get(second) : undefined;
  return exponent !== undefined && numbersOf(exponent)?.every((power) => power < 0) === true;
}
