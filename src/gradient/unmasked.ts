import type { Rule } from './rule.ts';

/** A rule that sees no neighbours, and so leaves no mask to them and takes none over (see `isMaskedBehind`). */
export const unmasked =
  (rule: Rule): Rule =>
  (context) =>
    rule({ ...context, maker: () => undefined, soleReader: () => undefined });
