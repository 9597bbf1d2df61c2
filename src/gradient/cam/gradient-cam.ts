/** Maps made of a layer's activations A and the score's gradient g = ∂f/∂A. */
import type { Attribution } from '../../core/attribution.ts';
import type { Explainer } from '../../core/explainer.ts';
import type { Method } from '../../core/method.ts';
import { partOf } from '../../core/progress.ts';
import type { Differentiable } from '../differentiable.ts';
import { type LayerGradients, type LayerMean, layerGradients } from '../layer-gradients.ts';
import { type CamOptions, classActivation, type FindMaps } from './class-activation.ts';

/** What is alike in all of them: a forward and a backward pass, a map that speaks for the class. */
export const describedGradientCam = <Options extends CamOptions>(
  own: Pick<
    Method<Differentiable, Options>,
    'name' | 'title' | 'aliases' | 'explain' | 'options' | 'values' | 'paper' | 'when'
  >,
): Method<Differentiable, Options> => ({
  ...own,
  family: 'cam',
  needs: ['layer', 'gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: false,
  resolution: "the layer's cells",
  score: 'logit',
});

/** What one channel says at each of its cells. */
export type ChannelTerm = (activation: Float64Array, gradient: Float64Array) => Float64Array;

/** The explainer ReLU(Σₖ term) of layers, from one forward and one backward pass per layer and target. */
export const gradientCam = <Options extends CamOptions>(
  method: string,
  term: (options: Options) => ChannelTerm,
): Explainer<Differentiable, Options, Attribution> => classActivation(method, findByGradients(term));

const findByGradients =
  <Options extends CamOptions>(termOf: (options: Options) => ChannelTerm): FindMaps<Options> =>
  async (model, subject, layers, options) => {
    const { signal, onProgress } = options;
    const term = termOf(options);
    const passes = subject.targets.length;
    const found: LayerGradients[] = [];
    for (const [at, layer] of layers.entries()) {
      const run = { signal, onProgress: partOf(onProgress, at * passes, layers.length * passes) };
      found.push(await layerGradients(model, subject, layer, run));
    }
    return {
      layers: found.map(({ targets, ...grid }) => ({
        ...grid,
        targets: targets.map(([mean]) => channelByChannel(mean!, grid.height * grid.width, term)),
      })),
      forwardPasses: layers.length,
      backwardPasses: layers.length,
      unit: `${subject.scoreKind} weight`,
    };
  };

function channelByChannel({ activations, gradients }: LayerMean, plane: number, term: ChannelTerm): Float64Array {
  const maps = new Float64Array(activations.length);
  for (let from = 0; from < maps.length; from += plane) {
    maps.set(term(activations.subarray(from, from + plane), gradients.subarray(from, from + plane)), from);
  }
  return maps;
}
