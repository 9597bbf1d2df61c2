/** The registry. A method is one file, which describes it beside its explainer, and one line here. */
import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { ablationCamMethod } from '../gradient/ablation-cam.ts';
import { camMethod } from '../gradient/cam.ts';
import { deconvnetMethod } from '../gradient/deconvnet.ts';
import { deepLiftMethod } from '../gradient/deep-lift.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { eigenCamMethod } from '../gradient/eigen-cam.ts';
import { gradCamMethod } from '../gradient/grad-cam.ts';
import { gradCamPlusPlusMethod } from '../gradient/grad-cam-plus-plus.ts';
import { guidedBackpropMethod } from '../gradient/guided-backprop.ts';
import { guidedGradCamMethod } from '../gradient/guided-grad-cam.ts';
import { hiResCamMethod } from '../gradient/hires-cam.ts';
import { inputXGradientMethod } from '../gradient/input-x-gradient.ts';
import { integratedGradientsMethod } from '../gradient/integrated-gradients.ts';
import { isCamMethod } from '../gradient/is-cam.ts';
import { layerCamMethod } from '../gradient/layer-cam.ts';
import { lrpMethod } from '../gradient/lrp.ts';
import { saliencyMethod } from '../gradient/saliency.ts';
import { scoreCamMethod } from '../gradient/score-cam.ts';
import { smoothGradCamPlusPlusMethod } from '../gradient/smooth-grad-cam-plus-plus.ts';
import { ssCamMethod } from '../gradient/ss-cam.ts';
import { xGradCamMethod } from '../gradient/xgrad-cam.ts';
import { kernelShapMethod } from '../perturb/kernel-shap.ts';
import { limeMethod } from '../perturb/lime.ts';
import { occlusionMethod } from '../perturb/occlusion.ts';
import { riseMethod } from '../perturb/rise.ts';

/** In the order in which they are shown. */
const REGISTERED = [
  occlusionMethod,
  limeMethod,
  riseMethod,
  kernelShapMethod,
  camMethod,
  gradCamMethod,
  gradCamPlusPlusMethod,
  smoothGradCamPlusPlusMethod,
  xGradCamMethod,
  layerCamMethod,
  hiResCamMethod,
  scoreCamMethod,
  ssCamMethod,
  isCamMethod,
  ablationCamMethod,
  eigenCamMethod,
  integratedGradientsMethod,
  saliencyMethod,
  inputXGradientMethod,
  guidedBackpropMethod,
  deconvnetMethod,
  guidedGradCamMethod,
  deepLiftMethod,
  lrpMethod,
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

/**
 * Every method: its name, title, options with their defaults, what it needs and costs, and `explain`, its explainer.
 * @example
 * const gradientFree = METHODS.filter(({ needs }) => !needs.includes('gradient')).map(({ name }) => name);
 */
export const METHODS: readonly RegisteredMethod[] = REGISTERED;
