/** Recipes to pictures, in a worker. */
import { Tensor } from 'onnxruntime-node';
import { type MaskFactors, maskFactors } from '../core/mask-factors.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import { repainter } from '../core/repaint.ts';
import { sizeOf } from '../core/tensor.ts';
import { sessionFor } from './session.ts';
import type { GraphSource } from './task.ts';

/**
 * Writes the pictures of recipes to the rows of `out` [rows, C, H, W], which is nobody else's to change: soft masks by `masking`,
 * all else by itself. A row's bytes do not depend on those beside it or before it.
 */
export async function batchPainter(
  scene: Scene,
  masking: GraphSource | undefined,
  out: Float32Array,
): Promise<(recipes: readonly Recipe[]) => Promise<void>> {
  const length = sizeOf(scene.picture.shape);
  const repaint = repainter(scene);
  const factorsOf = maskFactors(scene);
  const paintMasks = masking && (await maskPainter(scene, masking));
  const held: Recipe[] = [];
  return async (recipes) => {
    for (let row = 0; row < recipes.length; ) {
      const masks = paintMasks ? firstOf(recipes.slice(row), factorsOf) : [];
      const end = row + Math.max(1, masks.length);
      const slots = out.subarray(row * length, end * length);
      if (masks.length > 0) await paintMasks!(masks, slots);
      else repaint(recipes[row]!, slots, held[row]);
      while (row < end) held[row] = recipes[row++]!;
    }
  };
}

/** The factors of the masks up to the first recipe that is none, or one of another number of cells. */
function firstOf(recipes: readonly Recipe[], factorsOf: (recipe: Recipe) => MaskFactors | undefined): MaskFactors[] {
  const found: MaskFactors[] = [];
  for (const recipe of recipes) {
    const factors = factorsOf(recipe);
    if (!factors || !isAlike(factors, found[0] ?? factors)) break;
    found.push(factors);
  }
  return found;
}

const isAlike = (one: MaskFactors, other: MaskFactors) =>
  one.rows.length === other.rows.length && one.columns.length === other.columns.length;

async function maskPainter(
  { picture, baseline }: Scene,
  graph: GraphSource,
): Promise<(masks: readonly MaskFactors[], out: Float32Array) => Promise<void>> {
  const session = await sessionFor(graph, { threads: 1 });
  const [, height, width] = picture.shape as [number, number, number];
  // ONNX Runtime refuses tensors over shared memory.
  const whole = (values: Float32Array) => new Tensor('float32', values.slice(), [1, ...picture.shape]);
  const scenery = {
    [graph.input]: whole(picture.data),
    ...(graph.reference ? { [graph.reference]: whole(baseline.data) } : {}),
  };
  const [output] = session.outputNames as [string];
  return async (masks, out) => {
    const [h, w] = [masks[0]!.rows.length / height, masks[0]!.columns.length / width];
    const factors = {
      rows: stacked(masks, 'rows', [height, h]),
      cells: stacked(masks, 'cells', [h, w]),
      columns: stacked(masks, 'columns', [width, w]),
    };
    await session.run(
      { ...scenery, ...factors },
      { [output]: new Tensor('float32', out, [masks.length, ...picture.shape]) },
    );
  };
}

function stacked(masks: readonly MaskFactors[], name: keyof MaskFactors, [rows, columns]: [number, number]): Tensor {
  const values = new Float32Array(masks.length * rows * columns);
  for (const [at, mask] of masks.entries()) values.set(mask[name], at * rows * columns);
  return new Tensor('float32', values, [masks.length, 1, rows, columns]);
}
