/** How pictures are drawn, and how much is explained, by other tools where nothing is said: our options, as on the command line. */
import { TOOLS, type Tool } from '../compare/like.ts';
import { checkChoice } from '../core/check.ts';
import { type Given, textOption } from './options.ts';

/** Captum's colours by sign: matplotlib's Blues, Greens and Reds, and red, white and green for both signs. */
const CAPTUM_COLOURS: { readonly [sign: string]: string } = {
  absolute: '#f7fbff,#deebf7,#c6dbef,#9ecae1,#6baed6,#4292c6,#2171b5,#08519c,#08306b',
  positive: '#f7fcf5,#e5f5e0,#c7e9c0,#a1d99b,#74c476,#41ab5d,#238b45,#006d2c,#00441b',
  negative: '#fff5f0,#fee0d2,#fcbba1,#fc9272,#fb6a4a,#ef3b2c,#cb181d,#a50f15,#67000d',
  all: '#f00,#fff,#008000',
};

const GIVEN: { readonly [Name in Tool]: Given } = {
  captum: { style: 'heatmap', sign: 'absolute', scale: 'map', view: 'model' },
  'torch-cam': {
    ...{ colormap: 'jet', alpha: 0.3, power: 2, interpolation: 'bicubic' },
    ...{ scale: 'map', outlierPercentile: 0 },
  },
  'pytorch-grad-cam': { colormap: 'jet', alpha: 0.5, scale: 'map', outlierPercentile: 0, view: 'model' },
  lime: { top: 5, maskFeatures: 5, positiveOnly: true },
};

/** @throws `ERR_OPTION` where there is no such tool */
export function toolOption(given: Given): Tool | undefined {
  const tool = textOption(given, 'like');
  return tool === undefined ? undefined : checkChoice(tool, '--like', TOOLS);
}

/** The options with those of `--like` below them. @throws `ERR_OPTION` where there is no such tool */
export function withDefaultsLike(given: Given): Given {
  const tool = toolOption(given);
  if (tool === undefined) return given;
  // What speaks against the class is asked for instead of what speaks for it.
  const instead = given.negativeOnly ? { positiveOnly: false } : {};
  const settled: Given = { ...GIVEN[tool], ...instead, ...given };
  return tool === 'captum' ? { colormap: CAPTUM_COLOURS[String(settled.sign)], ...settled } : settled;
}
