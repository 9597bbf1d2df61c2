/** Products of two values that both depend on the picture: gates take nothing, and what is no gate shares alike. */
import { broadcasting } from '../broadcasting.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { byPart } from './shares.ts';

export const Mul = (gates: ReadonlySet<string>): Rule =>
  broadcasting((context) => {
    const takers = takersOf(context, gates);
    const share = takers.length > 1 ? context.div(context.dy, takers.length) : context.dy;
    return context.node.inputs.map((_, at) => (takers.includes(at) ? share : undefined));
  });

/** The same for matrix products, by the ε rule for each factor. */
export const ofFactors =
  (rule: Rule, gates: ReadonlySet<string>, epsilon: number): Rule =>
  (context) => {
    const takers = takersOf(context, gates);
    const dy = takers.length > 1 ? context.div(context.dy, takers.length) : context.dy;
    return byPart(rule, epsilon)({ ...context, dy, wants: (at) => takers.includes(at) });
  };

/** The places of the factors that take relevance. */
function takersOf({ node, wants }: RuleContext, gates: ReadonlySet<string>): number[] {
  const varying = [...node.inputs.keys()].filter(wants);
  const signals = varying.filter((at) => !gates.has(node.inputs[at]!));
  return signals.length > 0 ? signals : varying;
}
