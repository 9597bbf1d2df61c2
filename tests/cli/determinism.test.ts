/** One seed, the same bytes: in every run, whatever the workers and the batch. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, filesIn, repository, workingFolder } from './command.ts';

const folder = workingFolder();
const shared = fileURLToPath(new URL('../../../shared/data/models/squeezenet1_1/', import.meta.url));
const WAYS = [
  ['1', '2'],
  ['2', '4'],
  ['2', '8'],
] as const;
/** Of every kind: passes under masks that are drawn, grown from layers, or noise; gradients, and what else goes back. */
const METHODS = [
  'occlusion,lime,rise,kernel-shap,grad-cam,layer-cam,smooth-grad-cam++,eigen-cam,ablation-cam,score-cam',
  'integrated-gradients,saliency:noise=smoothgrad,guided-backprop,deep-lift,lrp',
].join();
/** A label map lies beside LIME and KernelSHAP, standard errors beside these and RISE. */
const FILES = METHODS.split(',').length + 2 + 3;

beforeAll(() => sharp(join(repository, 'examples/chelsea.png')).resize(120).toFile(join(folder, 'cat.png')));

/** The bytes of every .npy of a run, by the file's name. */
async function run(name: string, model: readonly string[], [workers, batch]: (typeof WAYS)[number]) {
  const size =
    '--samples 40 --segments 9 --steps 3 --window 64 --stride 64 --noise-samples 3 --fill noise --baseline noise'.split(
      ' ',
    );
  const way = ['--methods', METHODS, '--top', '1', '--seed', '7', '--workers', workers, '--batch', batch];
  const { code } = await command(folder, 'explain', ...model, ...size, ...way, '--raw', '-q', '-o', name, 'cat.png');
  expect(code).toBe(0);
  const files = filesIn(join(folder, name)).filter((file) => file.endsWith('.npy'));
  return new Map(files.map((file) => [file, readFileSync(join(folder, name, file))]));
}

describe.each([
  { name: 'default model', model: [], missing: false },
  {
    name: existsSync(shared) ? 'squeezenet1_1' : 'squeezenet1_1 (skipped: ../shared is missing)',
    model: ['-m', shared],
    missing: !existsSync(shared),
  },
])('$name', ({ name, model, missing }) => {
  test.skipIf(missing)(
    'methods of every kind give the same bytes in every way of running',
    { timeout: 240_000 },
    async () => {
      const runs = [];
      for (const [at, way] of WAYS.entries()) runs.push(await run(join(name.slice(0, 7), String(at)), model, way));
      const [wanted, ...more] = runs;
      expect(wanted!.size).toBe(FILES);
      for (const [at, maps] of more.entries()) {
        expect([...maps.keys()]).toEqual([...wanted!.keys()]);
        for (const [file, bytes] of maps) {
          expect(bytes.equals(wanted!.get(file)!), `${file} with workers and batch ${WAYS[at + 1]}`).toBe(true);
        }
      }
    },
  );
});
