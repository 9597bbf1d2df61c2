import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of so many of a folder's photos, spread evenly over them in the order of their names. */
export async function chosenPhotos(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png)$/i.test(name)).toSorted();
  const apart = Math.max(1, Math.floor(names.length / count));
  const chosen = names.filter((_, at) => at % apart === 0).slice(0, count);
  return chosen.map((name) => join(folder, name));
}
