/** A model whose passes halt now and then, so that something else can be measured in between on the same machine. */
import { partOf } from '../src/core/progress.ts';
import type { Recipe } from '../src/core/recipe.ts';
import type { Model } from '../src/model.ts';

/**
 * Runs up to `piece` passes between two pauses. There is none before the first piece: what a method works out while its passes
 * begin is its own.
 */
export function pausing(model: Model, piece: number, pause: () => Promise<void>): Model {
  const predict: Model['predict'] = async (scene, recipes, { onProgress, ...request }) => {
    const values: number[] = [];
    for (const [at, some] of pieces(recipes, piece).entries()) {
      if (at > 0) await pause();
      const report = partOf(onProgress, at * piece, recipes.length);
      const found = await model.predict(scene, some, { ...request, onProgress: report });
      for (const value of found.values) values.push(value);
    }
    return { values: Float64Array.from(values), forwardPasses: recipes.length };
  };
  return Object.create(model, { predict: { value: predict } });
}

const pieces = (recipes: readonly Recipe[], piece: number): Recipe[][] =>
  Array.from({ length: Math.ceil(recipes.length / piece) }, (_, at) => recipes.slice(at * piece, (at + 1) * piece));
