import { expected } from '../core/errors.ts';
import { type CamLayer, refuseLayer } from '../gradient/cam/layers.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { findLayer } from '../gradient/find-layer.ts';
import { defaultLayer } from '../gradient/layer.ts';
import { layerCells } from '../gradient/layer-cells.ts';

/**
 * The layer of a name; without one, the layer that CAMs take.
 * @throws `ERR_LAYER` where there is none, or it has no cells
 */
export function layerAt(model: Differentiable, name: string | undefined): CamLayer {
  const { graph, input, output, layout } = model;
  const layer = name === undefined ? defaultLayer(graph, input, output, layout) : findLayer(graph, input, output, name);
  return { layer, cells: layerCells(graph, input, output, layout).get(layer) ?? refuseLayer(model, layer) };
}

/** The length [without the batch] of each axis of a layer. @throws `ERR_LAYER` where the graph does not tell */
export function layerShape({ graph }: Differentiable, { layer, cells }: CamLayer): readonly number[] {
  const shape = (graph.values.get(layer)?.shape ?? []).toSpliced(cells.batch, 1);
  if (shape.length > 0 && shape.every((length) => typeof length === 'number')) return shape as readonly number[];
  throw expected('ERR_LAYER', `layer '${layer}'`, 'a layer whose shape the graph tells', `[${shape.join(', ')}]`);
}
