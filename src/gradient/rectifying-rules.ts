/** Going back through rectifiers by other rules than the gradient's. What is no rectifier keeps its gradient. */
import type { Attribution } from '../core/attribution.ts';
import type { Differentiable } from './differentiable.ts';
import { type Propagation, withRules } from './propagation.ts';
import { operatorOf, type Rule, type RuleContext } from './rule.ts';
import { Clip, LeakyRelu, PRelu, Relu, ThresholdedRelu } from './rules/activation.ts';
import type { Rules } from './rules/index.ts';
import { MaxPool } from './rules/pooling.ts';
import { unmasked } from './unmasked.ts';

/** A Clip is a rectifier (ReLU6) where it cuts at 0. */
export const isRectifier = ({ node, inputs: [, low], numbers }: RuleContext) =>
  node.op !== 'Clip' || (low !== '' && numbers(low)?.[0] === 0);

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

/** What to say of a model that has none of these rectifiers. */
export const rectifierWarnings = ({ graph }: Differentiable): Pick<Attribution, 'warnings'> =>
  graph.nodes.some((node) => RECTIFIERS.has(operatorOf(node)))
    ? {}
    : { warnings: ['The model has no rectifiers (ReLU and the like), so that this is its gradient.'] };
