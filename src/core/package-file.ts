/** The files that come with the package, wherever the code that asks for them was bundled to. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = dirname(createRequire(import.meta.url).resolve('onnx-explain/package.json'));

/** @param path from the folder of the package's `package.json` */
export const packageFile = (path: string): string => join(ROOT, path);
