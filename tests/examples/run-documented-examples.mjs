/**
 * Runs the modules of a folder one after the other, with the names that documentation takes for granted, and writes
 * which of them failed: node run-documented-examples.mjs FOLDER MODULE…
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as library from 'onnx-explain';

const [folder, ...modules] = process.argv.slice(2);
process.chdir(folder);
const model = await library.loadModel(undefined, { workers: 2 });
const image = await library.loadImage('photo.jpg');
const attribution = await library.gradCam(model, image, { target: 'cat' });
const explanation = await library.lime(model, image, { target: 'cat', samples: 50 });
Object.assign(globalThis, library, { readFile, writeFile, model, image, photo: image, attribution, explanation });

const failures = {};
for (const name of modules) {
  await import(pathToFileURL(join(folder, `${name}.js`)).href).catch((error) => {
    failures[name] = String(error?.stack ?? error);
  });
}
await model.close();
await writeFile('failures.json', JSON.stringify(failures));
