import { checkChoice } from '../../core/check.ts';

/** Whose formula a map follows. Each method takes some of them; `paper` is always the default. */
export type CamVariant = 'paper' | 'as-printed' | 'torch-cam' | 'pytorch-grad-cam' | 'element-wise';

export const variantOf = <const V extends CamVariant>(
  { variant }: { readonly variant?: CamVariant | undefined },
  known: readonly V[],
): V | 'paper' => checkChoice(variant ?? 'paper', 'variant', ['paper', ...known]);
