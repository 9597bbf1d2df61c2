/** Whatever code the documentation shows type-checks and runs, against the build, with files of the names it uses. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeNpy } from '../../dist/src/index.js';
import { examplesOf, pageExamples, publicFunctions, root } from './documented-examples.ts';

const run = promisify(execFile);
const functions = publicFunctions();
const examples = [...functions.flatMap(examplesOf), ...pageExamples()];
const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-docs-'));
let failures: { readonly [name: string]: string };
let mistakes: string;

/** The names that examples take for granted, beside all that the package exports. */
const GLOBALS = `
  import type * as library from 'onnx-explain';
  declare global {
    ${functions.map(({ name }) => `const ${name}: typeof library.${name};`).join('\n    ')}
    const readFile: typeof import('node:fs/promises').readFile;
    const writeFile: typeof import('node:fs/promises').writeFile;
    const model: library.Model;
    const image: library.Photo;
    const photo: library.Photo;
    const attribution: library.Attribution;
    const explanation: library.LimeExplanation;
  }
`;
const TSCONFIG = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    rootDir: '.',
    outDir: '.',
    declaration: false,
    sourceMap: false,
    noImplicitAny: false,
    noUnusedLocals: false,
    noUncheckedIndexedAccess: false,
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['*.ts'],
  exclude: ['node_modules'],
};

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'examples'));
  symlinkSync(root, join(folder, 'node_modules/onnx-explain'), 'junction');
  const picture = join(root, 'examples/chelsea.png');
  cpSync(picture, join(folder, 'examples/chelsea.png'));
  await sharp(picture).jpeg().toFile(join(folder, 'photo.jpg'));
  cpSync(join(root, 'models/cat-dog'), folder, { recursive: true });
  const { data, width, height } = await sharp(picture)
    .resize(128, 128)
    .raw()
    .toBuffer({ resolveWithObject: true })
    .then(({ data, info }) => ({ data, ...info }));
  const labels = Int32Array.from({ length: width * height }, (_, at) => data[3 * at]! >> 6);
  writeFileSync(join(folder, 'map.npy'), encodeNpy({ data: labels, shape: [height, width] }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'globals.d.ts'), GLOBALS);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {};\n`);

  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  mistakes = await run(process.execPath, [tsc, '-p', folder], { cwd: folder }).then(
    () => '',
    ({ stdout }) => stdout,
  );
  const runner = fileURLToPath(new URL('./run-documented-examples.mjs', import.meta.url));
  await run(process.execPath, [runner, folder, ...examples.map(({ name }) => name)]);
  failures = JSON.parse(readFileSync(join(folder, 'failures.json'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('there are functions and pages', () => {
  expect(functions.length).toBeGreaterThan(15);
  expect(pageExamples().length).toBeGreaterThan(5);
});

test.each(functions)('$name has an example', (exported) => {
  expect(examplesOf(exported).length).toBeGreaterThan(0);
});

test('all examples type-check', () => expect(mistakes).toBe(''));

test.each(examples)('$name runs', ({ name }) => {
  expect(failures[name]).toBeUndefined();
});
