/**
 * Integrated Gradients: (x − x′) ⊙ ∫₀¹ ∂f/∂x (x′ + α (x − x′)) dα. Completeness: the values add up to f(x) − f(x′);
 * by how much a finite number of steps misses that is the convergence delta.
 */
import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { applyRecipe } from '../core/recipe.ts';
import { PIXELS } from '../core/view.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';
import { NOISE_DEFAULTS, type NoiseOptions, noiseTunnel } from './noise-tunnel.ts';
import { overNoise } from './over-noise.ts';
import { QUADRATURES, type Quadrature, quadratureNodes } from './quadrature.ts';

export interface IntegratedGradientsOptions extends NoiseOptions {
  /** Points on the path, 1–1000; for a trapezoid at least 2. Default: 50. */
  readonly steps?: number | undefined;
  /** How the integral becomes a sum. Default: `gauss-legendre`. */
  readonly quadrature?: Quadrature | undefined;
  /** Where the path begins. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
}

export interface IntegratedGradientsAttribution extends Attribution {
  /** Σ attribution − (f(x) − f(x′)), in units of the score; none under noise. */
  readonly convergenceDelta?: number;
}

/**
 * How much each value of the model's input adds to the score, going straight from a baseline to the picture:
 * an attribution [C, H, W], signed, in units of the score. `steps` forward and backward passes per target.
 * @throws `ERR_OPTION` where steps, quadrature, baseline, seed or noise is out of range; `ERR_OPERATOR` for a model with
 * operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1703.01365
 * @example
 * const { data, convergenceDelta } = await integratedGradients(model, image, { target: 'cat', baseline: 'black' });
 */
export const integratedGradients = explainer<
  Differentiable,
  IntegratedGradientsOptions,
  IntegratedGradientsAttribution
>('integrated-gradients', 'logit', async (model, subject, options) => {
  const { baseline: spec = 0, seed = 0, signal, onProgress } = options;
  const quadrature = checkChoice(options.quadrature ?? 'gauss-legendre', 'quadrature', QUADRATURES);
  const steps = checkInteger(options.steps ?? 50, 'steps', quadrature.endsWith('trapezoid') ? 2 : 1, 1000);
  const { picture, targets, classes, scoreKind, scores } = subject;
  const baseline = baselineOf(spec, subject, checkInteger(seed, 'seed'));
  const scene = { picture, baseline };
  const nodes = quadratureNodes(quadrature, steps);
  const tunnel = noiseTunnel(options, picture);
  const found = await overNoise(tunnel, { signal, onProgress }, async (noise, run) => {
    const rows = targets.flatMap(({ index }, group) =>
      nodes.map(({ alpha, weight }) => ({
        recipe: { kind: 'path', alpha, noise } as const,
        target: index,
        weight,
        group,
      })),
    );
    const sums = await gradientSums(model, scene, rows, { wrt: model.input, score: scoreKind, classes, ...run });
    const end = noise ? new Float32Array(picture.data.length) : picture.data;
    if (noise) applyRecipe(scene, { kind: 'noise', ...noise }, end);
    return sums.map(({ gradient }) => gradient.map((slope, at) => slope * (end[at]! - baseline.data[at]!)));
  });
  const start = await model.predict(scene, [{ kind: 'path', alpha: 0 }], {
    targets: targets.map(({ index }) => index),
    score: scoreKind,
    signal,
  });

  const passes = steps * (tunnel?.draws.length ?? 1);
  return found.map((values, at) => ({
    data: Float32Array.from(values),
    shape: picture.shape,
    options: { steps, quadrature, baseline: spec, ...tunnel?.options },
    seed,
    forwardPasses: passes + 2,
    backwardPasses: passes,
    lattice: PIXELS,
    fold: 'sum',
    unit: tunnel?.squares ? `(${scoreKind})²` : scoreKind,
    ...(tunnel ? {} : { convergenceDelta: total(values) - (scores[at]! - start.values[at]!) }),
  }));
});

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

export const integratedGradientsMethod: Method<Differentiable, IntegratedGradientsOptions> = {
  name: 'integrated-gradients',
  title: 'Integrated Gradients',
  aliases: ['IG'],
  family: 'gradient',
  explain: integratedGradients,
  options: { steps: '50', quadrature: 'gauss-legendre', baseline: '0', ...NOISE_DEFAULTS },
  needs: ['gradient'],
  passes: { forward: 'steps + 2', backward: 'steps' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, share of the score',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Sundararajan et al. 2017', url: 'https://arxiv.org/abs/1703.01365' },
  when: 'Where the values must add up to the score.',
};
