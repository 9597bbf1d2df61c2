/** What other tools do where nothing is said, in our options. Where ours are the same nothing stands here. */
import { checkChoice } from '../core/check.ts';
import type { ScoreKind } from '../core/score.ts';
import type { MethodOptions } from './methods.ts';

type Defaults = MethodOptions & { readonly score?: ScoreKind };
type DefaultsByMethod = { readonly [method: string]: Defaults };

/** Of its NoiseTunnel, where there is noise. */
const NOISE_TUNNEL: Defaults = { noiseSamples: 5, noiseStd: 1, noiseUnit: 'absolute' };

const CAPTUM: DefaultsByMethod = {
  occlusion: { stride: 1 },
  lime: {
    ...{ samples: 25, wholeFirst: false, fill: 0, score: 'logit' },
    ...{ distance: 'pixels', kernelWidth: 1, ridge: 0, lasso: 0.01 },
  },
  // Its 25 samples count the pictures with no segment and with all, which are always among ours.
  'kernel-shap': { samples: 23, sampling: 'captum', fill: 0, score: 'logit' },
  'grad-cam': { relu: false },
  'integrated-gradients': NOISE_TUNNEL,
  saliency: NOISE_TUNNEL,
  'input-x-gradient': NOISE_TUNNEL,
  'guided-backprop': NOISE_TUNNEL,
  deconvnet: NOISE_TUNNEL,
  'guided-grad-cam': NOISE_TUNNEL,
  'deep-lift': { pooling: 'captum', ...NOISE_TUNNEL },
  lrp: { rule: 'captum-epsilon', epsilon: 1e-9, ...NOISE_TUNNEL },
};

const TORCH_CAM: DefaultsByMethod = {
  'grad-cam++': { variant: 'torch-cam' },
  'smooth-grad-cam++': { variant: 'torch-cam', noiseSamples: 4, noiseStd: 0.3, noiseUnit: 'absolute' },
  'score-cam': { variant: 'torch-cam' },
  'layer-cam': { fuse: 'tanh-max' },
  'ss-cam': { variant: 'torch-cam' },
  'is-cam': { variant: 'torch-cam' },
};

const PYTORCH_GRAD_CAM: DefaultsByMethod = {
  'grad-cam': { fuse: 'mean' },
  'grad-cam++': { fuse: 'mean', variant: 'pytorch-grad-cam' },
  'xgrad-cam': { fuse: 'mean' },
  'layer-cam': { fuse: 'mean' },
  'hires-cam': { fuse: 'mean' },
  'score-cam': { fuse: 'mean', variant: 'pytorch-grad-cam' },
  'ablation-cam': { fuse: 'mean', variant: 'pytorch-grad-cam' },
  'eigen-cam': { fuse: 'mean', variant: 'pytorch-grad-cam' },
};

export const TOOLS = ['captum', 'torch-cam', 'pytorch-grad-cam', 'lime'] as const;
export type Tool = (typeof TOOLS)[number];

const LIME: DefaultsByMethod = {
  lime: { segmentation: 'quickshift' },
};

const DEFAULTS: { readonly [Name in Tool]: DefaultsByMethod } = {
  captum: CAPTUM,
  'torch-cam': TORCH_CAM,
  'pytorch-grad-cam': PYTORCH_GRAD_CAM,
  lime: LIME,
};

/**
 * The options with which a method does as a tool does.
 * @throws `ERR_OPTION` where there is no such tool
 */
export function defaultsLike(tool: Tool | undefined, method: string): Defaults {
  return tool === undefined ? {} : (DEFAULTS[checkChoice(tool, 'like', TOOLS)][method] ?? {});
}
