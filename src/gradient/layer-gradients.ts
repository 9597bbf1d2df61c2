/** What class activation maps are made of: a layer's activations A [C, h, w] and the score's gradient g = ∂f/∂A. */
import { expected } from '../core/errors.ts';
import type { RunOptions } from '../core/predictor.ts';
import type { Recipe } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { planesOf } from '../onnx/cells.ts';
import { type CamLayer, gridOf, type LayerGrid } from './cam/layers.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';
import { defaultLayer } from './layer.ts';

/** What a layer is like for one target, averaged over a group of perturbed pictures. */
export interface LayerMean {
  /** A and g, C planes of height · width each. */
  readonly activations: Float64Array;
  readonly gradients: Float64Array;
  /** The mean of gᵖ for each power p that was asked for. */
  readonly powers: readonly Float64Array[];
}

export interface LayerGradients extends LayerGrid {
  /** For each target, in each the groups in order. */
  readonly targets: readonly (readonly LayerMean[])[];
}

export interface LayerGradientRequest extends RunOptions {
  /** The pictures of each group. Default: one group with the picture as it is. */
  readonly groups?: readonly (readonly Recipe[])[];
  readonly powers?: readonly number[];
}

/**
 * One forward and one backward pass per target and picture.
 * @throws `ERR_LAYER` where the score does not depend on the layer's cells
 */
export async function layerGradients(
  model: Differentiable,
  subject: Subject,
  { layer, cells }: CamLayer,
  { groups = [[{ kind: 'original' }]], ...request }: LayerGradientRequest,
): Promise<LayerGradients> {
  if (!cells.felt) refuseUnfelt(model, layer);
  const { picture, targets, classes, scoreKind: score } = subject;
  const rows = targets.flatMap(({ index }, at) =>
    groups.flatMap((recipes, group) =>
      recipes.map((recipe) => {
        return { recipe, target: index, weight: 1 / recipes.length, group: at * groups.length + group };
      }),
    ),
  );
  const wanted = { ...request, wrt: layer, batchAxis: cells.batch, score, classes };
  const sums = await gradientSums(model, { picture, baseline: picture }, rows, wanted);
  const shape = sums[0]?.shape ?? [];
  const means = sums.map(({ value, powers }) => {
    const planes = powers.map((power) => planesOf(power, shape, cells));
    return { activations: planesOf(value!, shape, cells), gradients: planes[0]!, powers: planes };
  });
  return {
    ...gridOf({ layer, cells }, shape, picture),
    targets: targets.map((_, at) => means.slice(at * groups.length, (at + 1) * groups.length)),
  };
}

export function refuseUnfelt({ graph, input, output, layout }: Differentiable, layer: string): never {
  throw expected(
    'ERR_LAYER',
    `layer '${layer}'`,
    'cells that the score depends on',
    'tokens of which only the class token is read',
    `The last layer before that is '${defaultLayer(graph, input, output, layout)}'.`,
  );
}
