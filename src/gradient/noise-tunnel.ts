/**
 * The noise tunnel: a method's values a over pictures under Gaussian noise become
 * SmoothGrad mean a, SmoothGrad² mean a², VarGrad mean a² − (mean a)².
 */
import type { Json } from '../core/attribution.ts';
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import type { Noise, Recipe } from '../core/recipe.ts';
import { rangeOf, type Tensor } from '../core/tensor.ts';

const NOISES = ['smoothgrad', 'smoothgrad-sq', 'vargrad'] as const;
const UNITS = ['range', 'absolute'] as const;

export interface NoiseOptions {
  /**
   * Explain noisy copies of the picture and take the mean of the values (`smoothgrad`), of their squares (`smoothgrad-sq`),
   * or their variance (`vargrad`). Default: no noise.
   */
  readonly noise?: (typeof NOISES)[number] | undefined;
  /** How many noisy copies, 1–10000. Default: 50. */
  readonly noiseSamples?: number | undefined;
  /** The noise's standard deviation in `noiseUnit`. Default: 0.15. */
  readonly noiseStd?: number | undefined;
  /** `range`: of the picture's values, largest minus smallest; `absolute`: of the model's input. Default: `range`. */
  readonly noiseUnit?: (typeof UNITS)[number] | undefined;
  /** Of the noise, and of the baseline `noise`. Default: 0. */
  readonly seed?: number | undefined;
}

/** The defaults of the options above, in words. */
export const NOISE_DEFAULTS = {
  noise: 'none',
  noiseSamples: '50',
  noiseStd: '0.15',
  noiseUnit: 'range',
  seed: '0',
} as const;

export interface NoiseTunnel {
  readonly draws: readonly Noise[];
  readonly squares: boolean;
  /** What becomes of the means of a and a². */
  statistic(mean: Float64Array, meanSquare: Float64Array | undefined): Float64Array;
  readonly seed: number;
  readonly options: { readonly [name: string]: Json };
}

/** The tunnel that was asked for, if any. @throws `ERR_OPTION` where an option is out of range */
export function noiseTunnel(options: NoiseOptions, picture: Tensor): NoiseTunnel | undefined {
  if (options.noise === undefined) return undefined;
  const noise = checkChoice(options.noise, 'noise', NOISES);
  const noiseSamples = checkInteger(options.noiseSamples ?? 50, 'noiseSamples', 1, 10_000);
  const noiseStd = checkNumber(options.noiseStd ?? 0.15, 'noiseStd', 0);
  const noiseUnit = checkChoice(options.noiseUnit ?? 'range', 'noiseUnit', UNITS);
  const seed = checkInteger(options.seed ?? 0, 'seed');
  const std = noiseUnit === 'range' ? noiseStd * rangeOf(picture) : noiseStd;
  return {
    draws: Array.from({ length: noiseSamples }, (_, index) => ({ seed, index, std })),
    squares: noise !== 'smoothgrad',
    statistic: (mean, meanSquare) => statistic(noise, mean, meanSquare),
    seed,
    options: { noise, noiseSamples, noiseStd, noiseUnit },
  };
}

/** The recipes of a tunnel, or the picture as it is. */
export const recipesOf = (tunnel: NoiseTunnel | undefined): Recipe[] =>
  tunnel?.draws.map((noise) => ({ kind: 'noise', ...noise })) ?? [{ kind: 'original' }];

function statistic(noise: (typeof NOISES)[number], mean: Float64Array, meanSquare: Float64Array | undefined) {
  if (noise === 'smoothgrad' || !meanSquare) return mean;
  return noise === 'smoothgrad-sq' ? meanSquare : meanSquare.map((square, at) => Math.max(0, square - mean[at]! ** 2));
}
