/** A model whose scores are kept in files, so that a run can be repeated, or reduced in another way, without a pass. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Classifier, ScoreRequest } from '../src/core/predictor.ts';
import type { Recipe, Scene } from '../src/core/recipe.ts';

export interface Recorded {
  readonly model: Classifier;
  /** Writes down all scores that were asked for. */
  save(): Promise<void>;
}

/** The scores in the order in which they are asked for come from `file`, and from the model what it does not hold. */
export async function recorded(model: Classifier, file: string): Promise<Recorded> {
  const known = await readFile(file).then(
    ({ buffer, byteOffset, byteLength }) => new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength)),
    () => new Float64Array(),
  );
  const scores = [...known];
  let next = 0;

  async function predict(scene: Scene, recipes: readonly Recipe[], request: ScoreRequest) {
    const first = next;
    next += recipes.length * request.targets.length;
    const missing = recipes.slice(Math.max(0, scores.length - first) / request.targets.length);
    if (missing.length > 0) scores.push(...(await model.predict(scene, missing, request)).values);
    return { values: Float64Array.from(scores.slice(first, next)), forwardPasses: recipes.length };
  }
  return {
    model: Object.assign(Object.create(model), { predict }),
    async save() {
      if (scores.length === known.length) return;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.part`, Float64Array.from(scores));
      await rename(`${file}.part`, file);
    },
  };
}
