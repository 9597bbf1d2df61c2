/** What other tools do where nothing is said, in our options. Where ours are the same nothing stands here. */
import { checkChoice } from '../core/check.ts';
import type { ScoreKind } from '../core/score.ts';
import type { MethodOptions } from './methods.ts';

type Defaults = MethodOptions & { readonly score?: ScoreKind };
type DefaultsByMethod = { readonly [method: string]: Defaults };

const CAPTUM: DefaultsByMethod = {
  occlusion: { stride: 1 },
  lime: { samples: 25, kernelWidth: 1, fill: 0, score: 'logit' },
  'grad-cam': { relu: false },
};

export const TOOLS = ['captum', 'torch-cam', 'pytorch-grad-cam', 'lime'] as const;
export type Tool = (typeof TOOLS)[number];

const DEFAULTS: { readonly [Name in Tool]: DefaultsByMethod } = {
  captum: CAPTUM,
  'torch-cam': {},
  'pytorch-grad-cam': {},
  lime: {},
};

/**
 * The options with which a method does as a tool does.
 * @throws `ERR_OPTION` where there is no such tool
 */
export function defaultsLike(tool: Tool | undefined, method: string): Defaults {
  return tool === undefined ? {} : (DEFAULTS[checkChoice(tool, 'like', TOOLS)][method] ?? {});
}
