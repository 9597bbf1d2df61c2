/** A node as DeepLIFT sees it: each value v beside its counterpart v′, which it has for the reference. */
import { isFloat } from '../../onnx/element-type.ts';
import type { Rule, RuleContext } from '../rule.ts';
import type { BesideReference } from './beside-reference.ts';

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

/** Makes a rule of one that knows the reference beside the picture. */
export const beside =
  ({ counterpart: copyOf, isOneRow }: Pick<BesideReference, 'counterpart' | 'isOneRow'>) =>
  (rule: LiftRule): Rule =>
  (context) => {
    const { b, sub, mul, add, indicator: toFloat } = context;
    const originals = new Map<string, string>();
    const typeOf = (name: string) => context.typeOf(originals.get(name) ?? name);
    const isFloating = (value: string) => isFloat(typeOf(value) ?? 'float32');
    const isSame = (value: string) => value === '' || copyOf(value) === value || !isFloating(value);
    const float = (value: string) => (isFloating(value) ? value : toFloat(value));
    const counterpart = (value: string) => {
      const copy = copyOf(value);
      if (!isOneRow || copy === value) return copy;
      const inAllRows = b.op('Expand', [copy, b.op('Shape', [value])]);
      originals.set(inAllRows, value);
      return inAllRows;
    };
    return rule({
      ...context,
      typeOf,
      counterpart,
      float,
      change: (value) => sub(float(value), float(copyOf(value))),
      middle: (value) => (isSame(value) ? value : mul(0.5, add(value, copyOf(value)))),
    });
  };
