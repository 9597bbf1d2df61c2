import type { Attribution } from '../core/attribution.ts';
import { type Explainer, explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { MAP_DEFAULTS, type MapOptions, mapsOf } from './cam/class-activation.ts';
import { layerActivations } from './cam/layer-activations.ts';
import { pooledHead } from './cam/pooled-head.ts';
import { weighted } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';

export type ClassActivationMapOptions = MapOptions;

/**
 * CAM: Σₖ wₖ Aₖ of the last feature maps, with the weights w of the class in the linear layer behind their means: an attribution
 * [h, w], signed, whose mean is the class's logit but for the bias. It is Grad-CAM without ReLU, times the number of cells.
 * @throws `ERR_LAYER` for a network that does not end in global average pooling and one linear layer; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1512.04150
 * @example
 * const { data, shape } = await cam(model, image, { target: 'cat' });
 */
export const cam: Explainer<Differentiable, ClassActivationMapOptions, Attribution> = explainer<
  Differentiable,
  ClassActivationMapOptions,
  Attribution
>('cam', 'logit', async (model, subject, options) => {
  const { signal, onProgress } = options;
  const { picture, targets, classes } = subject;
  const head = pooledHead(model);
  const [held] = await layerActivations(model, picture, [head], { signal });
  const rows = targets.map(({ index }, group) => {
    return { recipe: { kind: 'original' }, target: index, weight: 1, group } as const;
  });
  // The gradient of a linear layer is the row of its weights, whichever operators it is made of.
  const request = { wrt: head.pooled, score: 'logit', classes, signal, onProgress } as const;
  const weights = await gradientSums(model, { picture, baseline: picture }, rows, request);
  const { activations, ...grid } = held!;
  const plane = grid.height * grid.width;
  const found = {
    layers: [{ ...grid, targets: weights.map(({ gradient }) => weighted(activations, gradient, plane)) }],
    forwardPasses: 2,
    backwardPasses: 1,
    unit: 'logit',
  };
  return targets.map((_, at) => mapsOf(found, at, { ...options, relu: options.relu ?? false }, 'max'));
});

export const camMethod: Method<Differentiable, ClassActivationMapOptions> = {
  name: 'cam',
  title: 'CAM',
  aliases: ['class-activation-map', 'class-activation-mapping'],
  family: 'cam',
  explain: cam,
  options: { ...MAP_DEFAULTS, relu: 'no' },
  needs: ['gradient', 'layer'],
  passes: { forward: '3', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[h, w]`, logit of each cell',
  resolution: "the last feature maps' cells",
  score: 'logit',
  paper: { name: 'Zhou et al. 2016', url: 'https://arxiv.org/abs/1512.04150' },
  when: 'For networks that end in global average pooling and one linear layer: exact there.',
};
