/** A node as DeepLIFT sees it: each value v beside its counterpart v′, which it has for the reference. */
import { isFloat } from '../../onnx/element-type.ts';
import type { Rule, RuleContext } from '../rule.ts';

export interface LiftContext extends RuleContext {
  /** v′; v itself, where v does not depend on the picture. */
  counterpart(value: string): string;
  /** The value, or where it is of whole numbers, the same as floats. */
  float(value: string): string;
  /** v − v′, of whole numbers too as a float */
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
    const { sub, mul, add, typeOf, indicator: toFloat } = context;
    const isFloating = (value: string) => isFloat(typeOf(value) ?? 'float32');
    const isSame = (value: string) => value === '' || counterpart(value) === value || !isFloating(value);
    const float = (value: string) => (isFloating(value) ? value : toFloat(value));
    return rule({
      ...context,
      counterpart,
      float,
      change: (value) => sub(float(value), float(counterpart(value))),
      middle: (value) => (isSame(value) ? value : mul(0.5, add(value, counterpart(value)))),
    });
  };
