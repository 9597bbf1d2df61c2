/** The registry. A method is one file, which describes it beside its explainer, and one line here. */
import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { gradCamMethod } from '../gradient/grad-cam.ts';
import { integratedGradientsMethod } from '../gradient/integrated-gradients.ts';
import { layerCamMethod } from '../gradient/layer-cam.ts';
import { saliencyMethod } from '../gradient/saliency.ts';
import { limeMethod } from '../perturb/lime.ts';
import { occlusionMethod } from '../perturb/occlusion.ts';

/** In the order in which they are shown. */
const REGISTERED = [
  occlusionMethod,
  limeMethod,
  gradCamMethod,
  layerCamMethod,
  integratedGradientsMethod,
  saliencyMethod,
] as const;

type OptionsOf<Registered> = Registered extends Method<infer _, infer Options> ? Options : never;
type AllOptions = OptionsOf<(typeof REGISTERED)[number]>;
type Names<Options> = Options extends object ? keyof Options : never;
type Values<Options, Name> = Options extends object ? (Name extends keyof Options ? Options[Name] : never) : never;

/** The options of all methods together; each method reads its own. */
export type MethodOptions = { readonly [Name in Names<AllOptions>]?: Values<AllOptions, Name> | undefined };

/** A method whose own options are among those of all. */
export type RegisteredMethod = Omit<Method<Differentiable, object>, 'explain' | 'options'> & {
  readonly explain: Explainer<Differentiable, MethodOptions, Attribution>;
  readonly options: { readonly [name in keyof MethodOptions]?: string };
};

export const METHODS: readonly RegisteredMethod[] = REGISTERED;
