/**
 * The deconvnet's way back: through a convolution its transpose, through a pool the switches of the forward pass, both of which
 * the gradient has as well; but through a rectifier what comes back is rectified itself, whatever went forward.
 */

import type { Rule } from '../gradient/rule.ts';
import { RULES, type Rules } from '../gradient/rules/index.ts';

/** y = max(x, 0)  →  dx = max(dy, 0) */
const rectified: Rule = ({ b, dy }) => [b.op('Relu', [dy])];

/** relu6 and its like rectify below, and are let pass above. */
const Clip: Rule = (context) =>
  context.numbers(context.inputs[1])?.[0] === 0 ? rectified(context) : RULES.Clip(context);

/** Without the mask that the gradient of a Relu leaves to the pool behind it. */
const MaxPool: Rule = (context) => RULES.MaxPool({ ...context, maker: () => undefined });

export const DECONVNET: Rules = { ...RULES, Relu: rectified, Clip, MaxPool };
