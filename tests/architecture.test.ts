/** The folders are one-way: a file imports from its own folder or from one earlier in the list. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const LAYERS = [
  'core',
  'onnx',
  'image',
  'workers',
  'perturb',
  'gradient',
  'inside',
  'compare',
  'render',
  'model',
  'index',
  'cli',
];
const STRANGERS = [['perturb', 'gradient']];
/** Packages that only some files may import. */
const OWNERS: Record<string, RegExp> = {
  'onnxruntime-node': /^src\/workers\/|^bench\/(raw-worker|startup-baseline)\.ts$/,
  piscina: /^src\/workers\//,
  '@bufbuild/protobuf': /^src\/onnx\//,
  commander: /^src\/cli\//,
};

const root = fileURLToPath(new URL('..', import.meta.url));
const files = ['src', 'bench'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);
const specifiers = (file: string) =>
  [...readFileSync(resolve(root, file), 'utf8').matchAll(/^(?:import|export)\s[^;]*?from\s+'([^']+)'/gms)].map(
    ([, name]) => name!,
  );
/** The layer of a path below src: its folder, or for a file that lies in src itself the first word of its name. */
const layerOf = (file: string) => file.split('/')[1]!.split(/[.-]/)[0]!;
const bareName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

test('there are files to check', () => expect(files.length).toBeGreaterThan(30));

describe.each(files.filter((file) => file.startsWith('src/')))('%s', (file) => {
  test('lies in a known layer and imports only from its own or an earlier one', () => {
    const own = layerOf(file);
    expect(LAYERS).toContain(own);
    for (const specifier of specifiers(file).filter((name) => name.startsWith('.'))) {
      const imported = relative(root, resolve(root, dirname(file), specifier));
      if (imported.startsWith('bench/')) {
        expect(own).toBe('cli');
        continue;
      }
      const other = layerOf(imported);
      expect(LAYERS.indexOf(other), `${file} imports ${imported}`).toBeLessThanOrEqual(LAYERS.indexOf(own));
      for (const pair of STRANGERS) {
        expect(own !== other && pair.includes(own) && pair.includes(other), `${file} imports ${imported}`).toBe(false);
      }
    }
  });
});

test.each(files)('%s imports packages only where they belong', (file) => {
  for (const specifier of specifiers(file).filter((name) => !name.startsWith('.') && !name.startsWith('node:'))) {
    const owner = OWNERS[bareName(specifier)];
    if (owner) expect(file).toMatch(owner);
  }
});

test.each(files)('%s is short enough to understand', (file) => {
  expect(readFileSync(resolve(root, file), 'utf8').split('\n').length).toBeLessThanOrEqual(300);
});
