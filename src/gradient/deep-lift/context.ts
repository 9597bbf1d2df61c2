/** A node as DeepLIFT sees it: each value v beside its counterpart v′, which it has for the reference. */
import { isFloat } from '../../onnx/element-type.ts';
import type { Rule, RuleContext } from '../rule.ts';

export interface LiftContext extends RuleContext {
  /** v′; v itself, where v does not depend on the picture. */
  counterpart(value: string): string;
  /** v − v′ */
  change(value: string): string;
  /** (v + v′) / 2; of places and lengths v, as they are those of the reference too. */
  middle(value: string): string;
}

/** A multiplier m of each input for the multiplier dy of the output, so that Σ m · Δinput = dy · Δoutput. */
export type LiftRule = (context: LiftContext) => readonly (string | undefined)[];

export const beside =
  (counterpart: (value: string) => string) =>
  (rule: LiftRule): Rule =>
  (context) => {
    const { sub, mul, add, typeOf } = context;
    const isSame = (value: string) =>
      value === '' || counterpart(value) === value || !isFloat(typeOf(value) ?? 'float32');
    return rule({
      ...context,
      counterpart,
      change: (value) => sub(value, counterpart(value)),
      middle: (value) => (isSame(value) ? value : mul(0.5, add(value, counterpart(value)))),
    });
  };
