/** The real models beside the repository; absent in a bare clone. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/data/models/', import.meta.url));

export const realModels: readonly { readonly name: string; readonly path: string }[] = existsSync(folder)
  ? readdirSync(folder)
      .map((name) => ({ name, path: `${folder}${name}/model.onnx` }))
      .filter(({ path }) => existsSync(path))
  : [];

/** Why tests on real models are skipped, for their names. */
export const whenAbsent = realModels.length > 0 ? '' : ' (skipped: ../shared/data/models is missing)';
