/** Going back through rectifiers by other rules than the gradient's. What is no rectifier keeps its gradient. */
import type { Attribution } from '../core/attribution.ts';
import { numbersOf } from '../onnx/constants.ts';
import type { Node } from '../onnx/graph.ts';
import type { Differentiable } from './differentiable.ts';
import { nodesBetween } from './nodes-between.ts';
import { type Propagation, withRules } from './propagation.ts';
import { operatorOf, type Rule, type RuleContext } from './rule.ts';
import { Clip, LeakyRelu, PRelu, Relu, ThresholdedRelu } from './rules/activation.ts';
import type { Rules } from './rules/index.ts';
import { MaxPool } from './rules/pooling.ts';
import { unmasked } from './unmasked.ts';

/** Of the operators with a rule here, a Clip is a rectifier (ReLU6) where it cuts at 0. */
const cutsAtZero = (node: Node, numbers: (value: string) => readonly number[] | undefined): boolean =>
  node.op !== 'Clip' || numbers(node.inputs[1] ?? '')?.[0] === 0;

export const isRectifier = ({ node, numbers }: RuleContext) => cutsAtZero(node, numbers);

const positive = ({ b }: RuleContext, value: string) => b.op('Relu', [value]);

/** dx = ReLU(gradient): what is negative above the rectifier goes no further, nor what the rectifier had cut off. */
const guided =
  (rule: Rule): Rule =>
  (context) => {
    const [dx, ...rest] = rule(context);
    return [dx && isRectifier(context) ? positive(context, dx) : dx, ...rest];
  };

/** dx = ReLU(dy): as on the way up, what is negative is cut off; what was cut off there does not matter. */
const deconvolved =
  (rule: Rule): Rule =>
  (context) => {
    const [dx, ...rest] = rule(context);
    return [dx && isRectifier(context) ? positive(context, context.dy) : dx, ...rest];
  };

const rectifiers = (change: (rule: Rule) => Rule): Rules => ({
  Relu: change(Relu),
  Clip: change(Clip),
  LeakyRelu: change(LeakyRelu),
  PRelu: change(PRelu),
  ThresholdedRelu: change(ThresholdedRelu),
});

export const GUIDED: Propagation = withRules('guided gradient', 'gradients', rectifiers(guided));
export const DECONVOLVED: Propagation = withRules('deconvolution', 'gradients', {
  ...rectifiers(deconvolved),
  MaxPool: unmasked(MaxPool),
});

const RECTIFIERS: ReadonlySet<string> = new Set(Object.keys(rectifiers((rule) => rule)));

/** What to say of a model in which the picture goes through none of these rectifiers. */
export function rectifierWarnings({ graph, input, output }: Differentiable): Pick<Attribution, 'warnings'> {
  const numbers = (value: string) => {
    const constant = graph.constants.get(value);
    return constant && numbersOf(constant);
  };
  const { nodes } = nodesBetween(graph, [input], output);
  const isRectified = nodes.some((node) => RECTIFIERS.has(operatorOf(node)) && cutsAtZero(node, numbers));
  return isRectified
    ? {}
    : { warnings: ['The model has no rectifiers (ReLU and the like), so that this is its gradient.'] };
}
