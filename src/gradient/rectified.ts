import type { Attribution } from '../core/attribution.ts';
import { explainer } from '../core/explainer.ts';
import type { Differentiable } from './differentiable.ts';
import type { NoiseOptions } from './noise-tunnel.ts';
import { pixelAttributions } from './pixel-attributions.ts';
import type { Propagation } from './propagation.ts';
import { rectifierWarnings } from './rectifying-rules.ts';

/** The explainer that goes back to the picture by other rules for rectifiers; a model without any is warned of. */
export const rectified = (method: string, propagation: Propagation) =>
  explainer<Differentiable, NoiseOptions, Attribution>(method, 'logit', async (model, subject, options) => {
    const unit = `${subject.scoreKind} per unit of input`;
    const found = await pixelAttributions(model, subject, options, { propagation, unit });
    return found.map((attribution) => ({ ...attribution, fold: 'magnitude', ...rectifierWarnings(model) }));
  });
