/** Models that are none, or that only some methods can explain. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { float } from '../../dist/src/onnx/builder.js';
import { command, expectRefusal, filesIn, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const SMALL = ['--samples', '20', '--steps', '4', 'photo.png'];

beforeAll(async () => {
  await writePhoto(folder);
  const model = readFileSync(join(folder, writeToy(folder, 'toy'), 'model.onnx'));
  writeToy(folder, 'two-inputs', { second: true });
  writeToy(folder, 'foreign', { late: (b, means) => b.op('Wobble', [means], {}, 'strange') });
  writeToy(folder, 'no-rule', {
    late: (b, means) => {
      const same = b.op('Scaler', [means], { offset: float([0]), scale: float([1]) }, 'ai.onnx.ml');
      return b.op('Normalizer', [same], { norm: 'L2' }, 'ai.onnx.ml');
    },
  });
  writeToy(folder, 'root-of-0', { late: (b, means) => b.op('Sqrt', [b.op('Sub', [means, means])]) });
  writeFileSync(join(folder, 'cut.onnx'), model.subarray(0, model.length / 2));
  writeFileSync(join(folder, 'text.onnx'), 'This is no model.');
  writeFileSync(join(folder, 'empty.onnx'), '');
  mkdirSync(join(folder, 'nothing'));
});

test.each([
  ['cut.onnx', /cut\.onnx: expected an ONNX model, received a file that is truncated or no ONNX file/],
  ['text.onnx', /text\.onnx: expected an ONNX model, received a file that is truncated or no ONNX file/],
  ['empty.onnx', /empty\.onnx: expected an ONNX file, received an empty file/],
  ['nothing', /'nothing': expected model\.onnx or onnx\/model\.onnx, received neither\. Give the \.onnx file itself/],
  ['missing', /expected an \.onnx file or a folder with one, received 'missing', which does not exist/],
  ['photo.png', /photo\.png: expected an ONNX model/],
  ['two-inputs', /expected one input, a picture, received 'picture' float32\[.*\] and 'other' float32\[.*\]/],
  ['foreign', /ONNX Runtime failed on foreign\/model\.onnx: .*strange:Wobble.*is not a registered function/],
])('%s is refused', async (model, sentence) => {
  const before = filesIn(folder);
  expectRefusal(await command(folder, 'compare', '-m', model, ...SMALL), 1, sentence);
  expect(filesIn(folder)).toEqual(before);
});

const OPERATORS =
  /expected operators with a gradient rule, received 1 × ai\.onnx\.ml\.Scaler \(\S+\); 1 × ai\.onnx\.ml\.Normalizer \(\S+\)\./;

test('without a gradient rule compare explains with the other methods and says which it left out, and why', async () => {
  const { code, stderr, stdout } = await command(folder, 'compare', '-m', 'no-rule', '--json', '-o', 'some', ...SMALL);
  expect(code).toBe(0);
  const [leftOut, ...others] = stderr.split('\n').filter((line) => line.includes('left out'));
  expect(leftOut).toMatch(/left out: grad-cam, layer-cam, integrated-gradients\./);
  expect(leftOut).toMatch(OPERATORS);
  expect(leftOut).toMatch(/Methods without gradients \(occlusion, lime\) still work\./);
  expect(others).toEqual([]);
  const methods = JSON.parse(stdout).attributions.map(({ method }: { method: string }) => method);
  expect(methods).toEqual(['occlusion', 'occlusion', 'lime', 'lime']);
});

test.each(['grad-cam', 'integrated-gradients', 'saliency'])(
  'without a gradient rule %s alone is refused',
  async (method) => {
    expectRefusal(
      await command(folder, 'explain', '-m', 'no-rule', '--method', method, '-o', 'none', 'photo.png'),
      1,
      OPERATORS,
    );
    expect(filesIn(folder).filter((file) => file.startsWith('none'))).toEqual([]);
  },
);

test('layers lists what has no gradient rule, and no default layer', async () => {
  const { code, stdout } = await command(folder, 'layers', 'no-rule', '--json');
  const { default: preferred, unsupported, layers } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(preferred).toBeNull();
  expect(unsupported).toMatchObject([
    { operator: 'ai.onnx.ml.Scaler', count: 1 },
    { operator: 'ai.onnx.ml.Normalizer', count: 1 },
  ]);
  expect(layers.some(({ explainable }: { explainable: boolean }) => explainable)).toBe(false);
});

const NOT_FINITE =
  /gradient of the logit of 'bright, light' by '\S+': expected finite numbers, received NaN or infinity, first in the gradient of '\S+_Sub', the input of Sqrt\./;

test('a gradient that is not finite is refused with the value where that begins, and left out of a comparison', async () => {
  const explained = await command(
    folder,
    'explain',
    '-m',
    'root-of-0',
    '--method',
    'saliency',
    '-t',
    'light',
    '-o',
    'none',
    'photo.png',
  );
  expectRefusal(explained, 1, NOT_FINITE);
  const { code, stderr } = await command(folder, 'compare', '-m', 'root-of-0', '-t', 'light', '-o', 'others', ...SMALL);
  expect(code).toBe(0);
  const leftOut = stderr.split('\n').filter((line) => line.includes('left out'));
  expect(leftOut.map((line) => /left out: (.*?)\./.exec(line)?.[1])).toEqual([
    'grad-cam, layer-cam',
    'integrated-gradients',
  ]);
  for (const line of leftOut) expect(line).toMatch(NOT_FINITE);
});
