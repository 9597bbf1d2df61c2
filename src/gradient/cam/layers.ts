/** The layers that maps are made of, and where their cells lie. */
import { expected } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Lattice } from '../../core/view.ts';
import { gridSize } from '../../onnx/cells.ts';
import type { Graph } from '../../onnx/graph.ts';
import type { Differentiable } from '../differentiable.ts';
import { findLayer } from '../find-layer.ts';
import { defaultLayer } from '../layer.ts';
import { type LayerCells, layerCells } from '../layer-cells.ts';

export interface CamLayer {
  readonly layer: string;
  readonly cells: LayerCells;
}

/** A layer's cells as rows and columns, and where they lie on the model's input. */
export interface LayerGrid {
  readonly layer: string;
  readonly lattice: Lattice;
  readonly height: number;
  readonly width: number;
}

/**
 * The layers of some names; without a name the one that suits maps best. A text that names no value may be a list: `a,b`.
 * @throws `ERR_LAYER` for a name that is no layer's, or a value without cells
 */
export function camLayers(model: Differentiable, names: string | readonly string[] | undefined): CamLayer[] {
  const { graph, input, output, layout } = model;
  const known = layerCells(graph, input, output, layout);
  const layers = listed(graph, names)?.map((name) => findLayer(graph, input, output, name)) ?? [
    defaultLayer(graph, input, output, layout),
  ];
  if (layers.length === 0)
    throw expected('ERR_LAYER', 'layer', 'the name of one layer, or of several', 'an empty list');
  return [...new Set(layers)].map((layer) => ({ layer, cells: known.get(layer) ?? refuseLayer(model, layer) }));
}

function listed(graph: Graph, names: string | readonly string[] | undefined): readonly string[] | undefined {
  if (typeof names !== 'string') return names;
  const isOne = graph.nodes.some(({ name, outputs }) => name === names || outputs.includes(names));
  return isOne ? [names] : names.split(',').map((name) => name.trim());
}

/** @param shape of the layer for one picture, without the batch */
export function gridOf({ layer, cells }: CamLayer, shape: readonly number[], picture: Tensor): LayerGrid {
  const [height, width] = gridSize(shape, cells);
  return { layer, lattice: cells.lattice ?? evenLattice(picture.shape.slice(1), [height, width]), height, width };
}

export function refuseLayer({ graph }: Differentiable, layer: string): LayerCells {
  const shape = graph.values.get(layer)?.shape;
  throw expected(
    'ERR_LAYER',
    `layer '${layer}'`,
    'feature maps [N, C, h, w] or [N, h, w, C], or tokens [N, T, C], of float32',
    shape ? `[${shape.join(', ')}]` : 'a value of unknown shape',
    "The command 'layers' lists all.",
  );
}

/** Cells that share the picture evenly, where the graph does not say where they lie. */
export function evenLattice(size: readonly number[], cells: readonly number[]): Lattice {
  const [stepY, stepX] = [size[0]! / cells[0]!, size[1]! / cells[1]!];
  return { originY: stepY / 2 - 0.5, originX: stepX / 2 - 0.5, stepY, stepX };
}
