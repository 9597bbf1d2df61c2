/** What class activation maps are made of: a layer's activations A [C, h, w] and the score's gradient g = ∂f/∂A. */
import { expected } from '../core/errors.ts';
import type { RunOptions } from '../core/predictor.ts';
import type { Subject } from '../core/subject.ts';
import type { Lattice } from '../core/view.ts';
import { gridSize, planesOf } from '../onnx/cells.ts';
import type { Differentiable } from './differentiable.ts';
import { findLayer } from './find-layer.ts';
import { gradientSums } from './gradient-sums.ts';
import { defaultLayer } from './layer.ts';
import { type LayerCells, layerCells } from './layer-cells.ts';

export interface LayerOptions {
  /**
   * A value, a node, a unique suffix of one, or a PyTorch module's path. Default: the last feature maps before the
   * classifier, or a transformer's last normalised tokens that the score depends on.
   */
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
  const cells = layerCells(graph, input, output, layout).get(layer) ?? refuseLayer(model, layer);
  if (!cells.felt) refuseUnfelt(model, layer);
  const rows = targets.map(
    ({ index }, group) => ({ recipe: { kind: 'original' }, target: index, weight: 1, group }) as const,
  );
  const request = { wrt: layer, batchAxis: cells.batch, score, classes, signal, onProgress };
  const sums = await gradientSums(model, { picture, baseline: picture }, rows, request);
  const shape = sums[0]?.shape ?? [];
  const [height, width] = gridSize(shape, cells);
  return {
    layer,
    lattice: cells.lattice ?? evenLattice(picture.shape.slice(1), [height, width]),
    height,
    width,
    targets: sums.map(({ value, gradient }) => ({
      activations: planesOf(value!, shape, cells),
      gradients: planesOf(gradient, shape, cells),
    })),
  };
}

function refuseLayer({ graph }: Differentiable, layer: string): LayerCells {
  const shape = graph.values.get(layer)?.shape;
  throw expected(
    'ERR_LAYER',
    `layer '${layer}'`,
    'feature maps [N, C, h, w] or [N, h, w, C], or tokens [N, T, C], of float32',
    shape ? `[${shape.join(', ')}]` : 'a value of unknown shape',
    "The command 'layers' lists all.",
  );
}

function refuseUnfelt({ graph, input, output, layout }: Differentiable, layer: string): never {
  throw expected(
    'ERR_LAYER',
    `layer '${layer}'`,
    'cells that the score depends on',
    'tokens of which only the class token is read',
    `The last layer before that is '${defaultLayer(graph, input, output, layout)}'.`,
  );
}

/** Cells that share the picture evenly, where the graph does not say where they lie. */
function evenLattice(size: readonly number[], cells: readonly number[]): Lattice {
  const [stepY, stepX] = [size[0]! / cells[0]!, size[1]! / cells[1]!];
  return { originY: stepY / 2 - 0.5, originX: stepX / 2 - 0.5, stepY, stepX };
}
