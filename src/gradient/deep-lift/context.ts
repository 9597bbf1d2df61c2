/** A node as DeepLIFT sees it: each value v beside its counterpart v′, which it has for the reference. */
import type { Rule, RuleContext } from '../rule.ts';

export interface LiftContext extends RuleContext {
  /** v′; v itself, where v does not depend on the picture. */
  counterpart(value: string): string;
  /** v − v′ */
  change(value: string): string;
  /** (v + v′) / 2 */
  middle(value: string): string;
}

/** A multiplier m of each input for the multiplier dy of the output, so that Σ m · Δinput = dy · Δoutput. */
export type LiftRule = (context: LiftContext) => readonly (string | undefined)[];

export const beside =
  (counterpart: (value: string) => string) =>
  (rule: LiftRule): Rule =>
  (context) => {
    const { sub, mul, add } = context;
    const isSame = (value: string) => value === '' || counterpart(value) === value;
    return rule({
      ...context,
      counterpart,
      change: (value) => sub(value, counterpart(value)),
      middle: (value) => (isSame(value) ? value : mul(0.5, add(value, counterpart(value)))),
    });
  };
