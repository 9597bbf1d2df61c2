/** What methods have in common that go back to the picture once for each class and picture: [C, H, W], under noise or not. */
import type { Json } from '../core/attribution.ts';
import type { RunOptions } from '../core/predictor.ts';
import type { Subject } from '../core/subject.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Lattice, PIXELS } from '../core/view.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';
import { type NoiseOptions, noiseTunnel, recipesOf } from './noise-tunnel.ts';
import { GRADIENT, type Propagation } from './propagation.ts';

export interface PixelAttribution {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** Those of the noise, where there is any. */
  readonly options: { readonly [name: string]: Json };
  readonly seed?: number;
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  readonly lattice: Lattice;
  readonly unit: string;
}

export interface PixelRequest {
  /** Default: the gradient. */
  readonly propagation?: Propagation;
  /** What the propagation compares with. Default: the picture. */
  readonly baseline?: Tensor;
  /** Of a value; that of squares is named after it. */
  readonly unit: string;
}

/** One for each target. A forward and a backward pass for each target and noisy picture. */
export async function pixelAttributions(
  model: Differentiable,
  { picture, targets, classes, scoreKind }: Subject,
  { signal, onProgress, ...options }: NoiseOptions & RunOptions,
  { propagation = GRADIENT, baseline = picture, unit }: PixelRequest,
): Promise<PixelAttribution[]> {
  const tunnel = noiseTunnel(options, picture);
  const recipes = recipesOf(tunnel);
  const weight = 1 / recipes.length;
  const rows = targets.flatMap(({ index }, group) =>
    recipes.map((recipe) => ({ recipe, target: index, weight, group })),
  );
  const squares = tunnel?.squares ?? false;
  const request = {
    wrt: model.input,
    score: scoreKind,
    classes,
    propagation,
    powers: squares ? [1, 2] : [1],
    signal,
    onProgress,
  };
  const sums = await gradientSums(model, { picture, baseline }, rows, request);
  return sums.map(({ gradient, powers, shape }) => ({
    data: Float32Array.from(tunnel ? tunnel.statistic(gradient, powers[1]) : gradient),
    shape,
    options: tunnel?.options ?? {},
    ...(tunnel ? { seed: tunnel.seed } : {}),
    forwardPasses: recipes.length + 1,
    backwardPasses: recipes.length,
    lattice: PIXELS,
    unit: squares ? `(${unit})²` : unit,
  }));
}
