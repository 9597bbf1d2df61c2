/** Deep feature factorisation: a layer's activations as a few concepts, each a vector of channels and a map of where it stands. */
import { checkInteger } from '../core/check.ts';
import type { Picture, RunOptions } from '../core/predictor.ts';
import { random } from '../core/random.ts';
import type { Target } from '../core/target.ts';
import type { Lattice, View } from '../core/view.ts';
import { layerActivations } from '../gradient/cam/layer-activations.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { conceptClasses, conceptLayer } from './concept-classes.ts';
import { type Factors, factorizeMatrix, type Matrix } from './nmf.ts';

export interface FactorizeOptions extends RunOptions {
  /**
   * A value, a node, a unique suffix of one, or a PyTorch module's path. Default: the layer that CAMs take, or in a transformer what
   * comes out of the last block.
   */
  readonly layer?: string | undefined;
  /** How many concepts, 1–64. Default: 5. */
  readonly concepts?: number | undefined;
  /** How many classes are named for each, at most. Default: 2. */
  readonly top?: number | undefined;
  /** Of the random start. Default: 0. */
  readonly seed?: number | undefined;
}

export interface Concept {
  /** [h · w], from 0 to 1, where the concept is strongest. */
  readonly map: Float32Array;
  /** [channels]: the layer's activation where the concept stands alone at its strongest. */
  readonly vector: Float32Array;
  /** What the rest of the model says when that vector stands in every cell, the most probable first. */
  readonly classes: readonly Target[];
}

export interface Factorization {
  readonly layer: string;
  /** The one that covers most comes first. */
  readonly concepts: readonly Concept[];
  /** Of the maps: rows and columns. */
  readonly height: number;
  readonly width: number;
  /** ‖A − offset − W H‖ / ‖A − offset‖: what the concepts leave unexplained, from 0 to 1. */
  readonly residual: number;
  readonly lattice: Lattice;
  readonly view: View;
  /** Height and width of the model's input. */
  readonly inputSize: readonly [height: number, width: number];
}

/**
 * Factorises a layer's activations A [channels, cells] of one picture: A less each channel's minimum ≈ W H, both without negative
 * values, and asks the rest of the model what each concept (a column of W with the minima added again) is. H is scaled so that each
 * map's largest value is 1, which pytorch-grad-cam leaves to chance. One forward pass, and one of the rest for each concept.
 * @throws `ERR_LAYER` where the layer is none, has no cells, or a branch goes around it; `ERR_OPTION` for an option out of range
 * @see https://arxiv.org/abs/1806.10206
 * @example
 * const { concepts } = await factorize(model, image, { concepts: 3 });
 * console.log(concepts.map(({ classes: [first] }) => `${first.label} ${first.probability}`));
 */
export async function factorize(
  model: Differentiable,
  image: Picture,
  { layer: name, concepts: wanted, top: most, seed: given, ...run }: FactorizeOptions = {},
): Promise<Factorization> {
  const parts = checkInteger(wanted ?? 5, 'concepts', 1, 64);
  const top = checkInteger(most ?? 2, 'top', 1);
  const seed = checkInteger(given ?? 0, 'seed');
  const at = conceptLayer(model, name);
  const prepared = await model.prepare(image);
  const [values] = await layerActivations(model, prepared.picture, [at], { signal: run.signal });
  const { activations: planes, channels, height, width, lattice } = values!;
  const columns = height * width;
  const offset = rowMinima({ data: planes, rows: channels, columns });
  const raised = planes.map((value, index) => value - offset[Math.floor(index / columns)]!);
  const x = { data: raised, rows: channels, columns };
  const factors = await factorizeMatrix(x, randomStart(x, parts, seed), run.signal);
  const found = conceptsOf(factors, x).sort((a, b) => b.cover - a.cover);
  const vectors = found.map(({ vector }) => vector.map((value, channel) => value + offset[channel]!));
  const classes = await conceptClasses(model, at, vectors, run);
  const [inputHeight, inputWidth] = prepared.picture.shape.slice(1) as [number, number];
  return {
    layer: at.layer,
    concepts: found.map(({ map }, index) => ({
      map: Float32Array.from(map),
      vector: Float32Array.from(vectors[index]!),
      classes: classes[index]!.slice(0, top),
    })),
    height,
    width,
    residual: residualOf(x, factors),
    lattice,
    view: prepared.view,
    inputSize: [inputHeight, inputWidth],
  };
}

const rowMinima = ({ data, rows, columns }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) =>
    data.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.min(a, b)),
  );

/** |normal| · √(mean X / parts) */
export function randomStart({ data, rows, columns }: Matrix, parts: number, seed: number): Factors {
  const scale = Math.sqrt(data.reduce((sum, value) => sum + value, 0) / data.length / parts);
  const draw = (length: number, index: number) => {
    const { normal } = random(seed, index);
    return Float64Array.from({ length }, () => scale * Math.abs(normal()));
  };
  return { w: draw(rows * parts, 0), h: draw(parts * columns, 1), parts };
}

/** Each part with the largest value of its map moved from the map to the vector. */
function conceptsOf({ w, h, parts }: Factors, { rows, columns }: Matrix) {
  return Array.from({ length: parts }, (_, part) => {
    const row = h.subarray(part * columns, (part + 1) * columns);
    const most = row.reduce((a, b) => Math.max(a, b));
    const map = row.map((value) => (most > 0 ? value / most : 0));
    const vector = Float64Array.from({ length: rows }, (_, channel) => w[channel * parts + part]! * most);
    return { map, vector, cover: map.reduce((sum, value) => sum + value, 0) };
  });
}

function residualOf({ data, columns }: Matrix, { w, h, parts }: Factors): number {
  let [missed, whole] = [0, 0];
  for (const [at, value] of data.entries()) {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let product = 0;
    for (let part = 0; part < parts; part++) product += w[row * parts + part]! * h[part * columns + column]!;
    missed += (value - product) ** 2;
    whole += value ** 2;
  }
  return whole > 0 ? Math.sqrt(missed / whole) : 0;
}
