/** What class activation maps are made of: a layer's activations A [C, h, w] and the score's gradient g = ∂f/∂A. */
import { expected } from '../core/errors.ts';
import type { RunOptions } from '../core/predictor.ts';
import type { Subject } from '../core/subject.ts';
import type { Lattice } from '../core/view.ts';
import { latticeOf } from '../onnx/lattice.ts';
import type { Differentiable } from './differentiable.ts';
import { findLayer } from './find-layer.ts';
import { gradientSums } from './gradient-sums.ts';
import { defaultLayer } from './layer.ts';

export interface LayerOptions {
  /** A value, a node, a unique suffix of one, or a PyTorch module's path. Default: the last feature maps before the classifier. */
  readonly layer?: string | undefined;
}

export interface LayerGradients {
  readonly layer: string;
  readonly lattice: Lattice;
  readonly height: number;
  readonly width: number;
  /** For each target: A and g, C planes of height · width each. */
  readonly targets: readonly { readonly activations: Float64Array; readonly gradients: Float64Array }[];
}

/** One forward and one backward pass per target. */
export async function layerGradients(
  model: Differentiable,
  subject: Subject,
  { layer: name, signal, onProgress }: LayerOptions & RunOptions,
): Promise<LayerGradients> {
  const { graph, input, output, layout } = model;
  const { picture, targets, classes, scoreKind: score } = subject;
  const layer = name === undefined ? defaultLayer(graph, input, output, layout) : findLayer(graph, input, output, name);
  const rows = targets.map(
    ({ index }, group) => ({ recipe: { kind: 'original' }, target: index, weight: 1, group }) as const,
  );
  const request = { wrt: layer, score, classes, signal, onProgress };
  const sums = await gradientSums(model, { picture, baseline: picture }, rows, request);
  const shape = sums[0]?.shape ?? [];
  if (shape.length !== 3)
    throw expected('ERR_LAYER', `layer '${layer}'`, 'feature maps [C, h, w]', `[${shape.join(', ')}]`);
  const [, height, width] = shape as [number, number, number];
  return {
    layer,
    lattice: latticeOf(graph, input, layer, layout) ?? evenLattice(picture.shape.slice(1), [height, width]),
    height,
    width,
    targets: sums.map(({ value, gradient }) => ({ activations: value!, gradients: gradient })),
  };
}

/** Cells that share the picture evenly, where the graph does not say where they lie. */
function evenLattice(size: readonly number[], cells: readonly number[]): Lattice {
  const [stepY, stepX] = [size[0]! / cells[0]!, size[1]! / cells[1]!];
  return { originY: stepY / 2 - 0.5, originX: stepX / 2 - 0.5, stepY, stepX };
}
