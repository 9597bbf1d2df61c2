/** The rules that the others are made of: rescale for one input, the mean of both orders for a product, the cross extreme. */
import { attributesOf } from '../../onnx/decompose/rule.ts';
import { broadcasting } from '../broadcasting.ts';
import { withInputs } from '../other-inputs.ts';
import { type Rule, refuse } from '../rule.ts';
import { unmasked } from '../unmasked.ts';
import { jointly } from './choices.ts';
import type { LiftContext, LiftRule } from './context.ts';

/** Below this change of an input its gradient stands for the quotient of changes, as in captum. */
const NO_CHANGE = 1e-10;

/** The rescale rule for y = f(x) element by element: m = dy · Δy / Δx; of several inputs that change, `jointly`. */
export const rescaled =
  (rule: Rule): LiftRule =>
  (context) => {
    const { node, x, y, dy, mul, div, wants, change } = context;
    if (node.inputs.some((_, at) => at > 0 && wants(at))) return broadcasting(() => jointly(context))(context);
    return [orGradient(context, rule, div(mul(dy, change(y)), change(x)))];
  };

/** The quotient, where x changes; where it does not, the gradient. */
function orGradient(context: LiftContext, rule: Rule, quotient: string): string {
  const { x, abs, less, where, change } = context;
  const [gradient] = unmasked(rule)(context);
  return where(less(abs(change(x)), NO_CHANGE), gradient!, quotient);
}

/** Linear in each input: Δ(ab) = (b + b′)/2 · Δa + (a + a′)/2 · Δb. */
export const multilinear =
  (rule: Rule): LiftRule =>
  (context) =>
    rule(withInputs(context, context.node.inputs.map(context.middle)));

/** The same for a product of any number of factors, of which two may change. */
export const ofTwo =
  (rule: Rule): LiftRule =>
  (context) => {
    const { node, wants } = context;
    if (node.inputs.filter((_, at) => wants(at)).length > 2)
      refuse(node, 'two factors at most that depend on the picture', 'DeepLIFT');
    return multilinear(rule)(context);
  };

/**
 * An extreme: with M the larger (for a minimum the smaller) of y and y′, dy · (M − y′) goes to where y came from and
 * dy · (y − M) to where y′ came from, each divided by the change there.
 * @param unpool takes values back to where the extremes came from
 */
export const crossExtreme =
  (rule: Rule, unpool: Rule = unmasked(rule), extreme: 'Max' | 'Min' = 'Max'): LiftRule =>
  (context) => {
    const { node, b, x, y, dy, add, sub, mul, div, float, change, counterpart } = context;
    const [before, after] = [node.inputs.map(counterpart), counterpart(y)];
    const [own, other] = [float(y), float(after)];
    const most = b.op(extreme, [own, other]);
    const places = () => b.ops(2, node.op, before, attributesOf(node))[1]!;
    const onPicture = unpool({ ...context, dy: mul(dy, sub(most, other)) })[0]!;
    const onReference = unpool({
      ...withInputs(context, before),
      y: after,
      dy: mul(dy, sub(own, most)),
      output: places,
    })[0]!;
    return [orGradient(context, rule, div(add(onPicture, onReference), change(x)))];
  };
