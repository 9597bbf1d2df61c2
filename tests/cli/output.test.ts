/** What the command prints and writes: one JSON object a photo, arrays of the documented shapes, and the files it names. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeNpy, encodeNpy } from '../../dist/src/core/npy.js';
import { readNpy } from '../npy.ts';
import { command, filesIn, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const SMALL = ['-m', 'toy', '--samples', '640', '--steps', '4'];
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await command(folder, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const sizeOf = async (path: string) => {
  const { width, height } = await sharp(join(folder, path)).metadata();
  return [width, height];
};

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
});

describe('compare --json --raw', () => {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the command
  let result: any;
  beforeAll(async () => {
    const outcome = await command(
      folder,
      'compare',
      ...SMALL,
      '--json',
      '--raw',
      '--quiet',
      '--seed',
      '5',
      'photo.png',
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout.trimEnd().split('\n')).toHaveLength(1);
    result = JSON.parse(outcome.stdout);
  });

  test('says what was explained, with what', () => {
    const hash = expect.stringMatching(/^[\da-f]{64}$/);
    expect(result.model).toEqual({ path: 'toy/model.onnx', sha256: hash, output: 'scores' });
    expect(result.image).toMatchObject({ path: 'photo.png', sha256: hash, width: 64, height: 48 });
    expect(result.image.crop).toHaveLength(4);
    expect(Object.keys(result.versions)).toEqual(['onnx-explain', 'onnxruntime-node', 'node']);
    expect(result.predictions.map(({ label }: { label: string }) => label)).toEqual(['bright, light', 'dark']);
    expect(result.figure).toBe('out/photo.compare.png');
  });

  test('has an entry for each method and class, and square matrices of agreement in their order', () => {
    const methods = ['occlusion', 'lime', 'grad-cam', 'layer-cam', 'integrated-gradients'];
    const pairs = methods.flatMap((method) => [0, 1].map((index) => [method, index]));
    const entries = result.attributions as { method: string; target: { index: number } }[];
    expect(entries.map(({ method, target }) => [method, target.index])).toEqual(pairs);
    const { agreement } = result;
    expect(agreement.methods).toEqual(pairs.map(([method]) => method));
    expect(agreement.targets).toEqual(pairs.map(([, index]) => index));
    for (const name of ['spearman', 'pearson', 'ssim', 'iou']) {
      expect(agreement[name], name).toHaveLength(pairs.length);
      for (const row of agreement[name]) expect(row, name).toHaveLength(pairs.length);
    }
  });

  test('each entry names files that are there, below the working folder, and arrays of its shape', () => {
    const shapes = {
      occlusion: [3, 32, 32],
      'grad-cam': [16, 16],
      'layer-cam': [16, 16],
      'integrated-gradients': [3, 32, 32],
    };
    for (const entry of result.attributions) {
      for (const path of [entry.overlay, entry.raw]) {
        expect(isAbsolute(path), path).toBe(false);
        expect(existsSync(join(folder, path)), path).toBe(true);
      }
      expect(readNpy(join(folder, entry.raw)).shape).toEqual(entry.shape);
      expect(entry.shape).toEqual(shapes[entry.method as keyof typeof shapes] ?? [entry.segments]);
      expect(entry).toMatchObject({
        seconds: expect.any(Number),
        forwardPasses: expect.any(Number),
        unit: expect.any(String),
      });
      if (entry.method !== 'grad-cam' && entry.method !== 'layer-cam') expect(entry.seed).toBe(5);
    }
  });

  test('LIME adds its fit and its label map; integrated gradients their convergence', () => {
    const lime = result.attributions[2];
    expect(lime).toMatchObject({ method: 'lime', samplesUsed: 640, scoreKind: 'probability' });
    expect(lime.r2).toBeLessThanOrEqual(1);
    expect(lime.intercept).toEqual(expect.any(Number));
    const { data, shape } = readNpy(join(folder, lime.labelMap));
    expect(shape).toEqual([32, 32]);
    expect(new Set(data).size).toBe(lime.segments);
    const integrated = result.attributions[8];
    const total = readNpy(join(folder, integrated.raw)).data.reduce((sum, value) => sum + value, 0);
    const scoreOfBlack = 0.1;
    expect(integrated.convergenceDelta).toBeCloseTo(total - (integrated.score - scoreOfBlack), 4);
  });

  test('leaves the same object beside the pictures, and nothing that it does not name', () => {
    expect(JSON.parse(readFileSync(join(folder, 'out/photo.json'), 'utf8'))).toEqual(result);
    const text = JSON.stringify(result);
    const unnamed = filesIn(join(folder, 'out')).filter((file) => !text.includes(`"out/${file}"`));
    expect(unnamed).toEqual(['photo.json']);
  });
});

describe('methods and targets', () => {
  const columns = async (...args: string[]) => {
    const { attributions } = await json('explain', ...SMALL, '-q', '-o', 'columns', 'photo.png', ...args);
    return attributions.map((entry: { overlay: string }) => entry.overlay.replace('columns/photo.', ''));
  };

  test('are repeated or listed; targets go by index, label or synonym', async () => {
    const wanted = ['saliency.0-bright.png', 'saliency.1-dark.png', 'grad-cam.0-bright.png', 'grad-cam.1-dark.png'];
    expect(await columns('--method', 'saliency', '--method', 'GradCAM', '-t', 'light', '-t', '1')).toEqual(wanted);
    expect(await columns('--methods', 'saliency,grad_cam', '--targets', '0,DARK')).toEqual(wanted);
  });

  test('the same method with other options has files of its own', async () => {
    const { attributions } = await json(
      'explain',
      ...SMALL,
      '-o',
      'windows',
      'photo.png',
      '--method',
      'occlusion:window=16,occlusion:window=8',
      '--raw',
    );
    expect(attributions.map(({ raw }: { raw: string }) => raw)).toEqual([
      'windows/photo.occlusion.0-bright.npy',
      'windows/photo.occlusion-2.0-bright.npy',
    ]);
    const windows = attributions.map(({ options }: { options: { window: object } }) => options.window);
    expect(windows).toEqual([
      { height: 16, width: 16 },
      { height: 8, width: 8 },
    ]);
    const [one, two] = attributions.map(({ raw }: { raw: string }) => readNpy(join(folder, raw)).data);
    expect(one).not.toEqual(two);
  });

  test('a config file stands below the command line', async () => {
    writeFileSync(
      join(folder, 'run.json'),
      '{ "methods": ["lime", "saliency"], "window": 16, "stride": "8", "targets": ["dark"], "hide-rest": false }',
    );
    const args = '-o config --config run.json --window 12 --method occlusion photo.png'.split(' ');
    const { attributions } = await json('explain', '-m', 'toy', ...args);
    expect(attributions).toHaveLength(1);
    expect(attributions[0]).toMatchObject({ method: 'occlusion', target: { label: 'dark' } });
    expect(attributions[0].options).toMatchObject({
      window: { height: 12, width: 12 },
      stride: { height: 8, width: 8 },
    });
  });
});

describe('what is asked for and not done is said', () => {
  test('options that no method reads', async () => {
    const args = ['explain', '-m', 'toy', 'photo.png', '-o', 'said', '--method', 'grad-cam,saliency'];
    const { code, stderr } = await command(folder, ...args, '--window', '8', '--hide-rest', '--layer', 't4_Relu');
    expect([code, stderr]).toEqual([0, 'onnx-explain: no effect on grad-cam, saliency: --window, --hide-rest.\n']);
  });

  test('methods that groups leave out', async () => {
    const args = ['explain', '-m', 'toy', 'photo.png', '-o', 'said', '--method', 'cam'];
    const { code, stderr } = await command(folder, ...args);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: groups leave out ss-cam, is-cam, of several passes/)]);
  });
});

describe('pictures', () => {
  test('of all styles, on the photo or on what the model saw', async () => {
    const styles = ['overlay', 'heatmap', 'photo', 'masked', 'alpha'];
    const args = [
      '--style',
      styles.join(','),
      '--view',
      'model',
      '--scale',
      'map',
      '--colormap',
      '#000@0,#0f0@.5,#fff@1',
    ];
    const { attributions } = await json('explain', ...SMALL, '-o', 'styles', 'photo.png', ...args);
    for (const style of styles) expect(await sizeOf(attributions[0][style]), style).toEqual([32, 32]);
    expect((await sharp(join(folder, attributions[0].alpha)).metadata()).hasAlpha).toBe(true);
  });

  test('LIME: cut-out, boundaries and samples, also with a label map of the user', async () => {
    const labels = Int32Array.from({ length: 32 * 32 }, (_, at) => 10 * (((at % 32) >> 3) + 4 * (at >> 8)));
    writeFileSync(join(folder, 'own.npy'), encodeNpy({ data: labels, shape: [32, 32] }));
    const args = [
      '--mask-features',
      '2',
      '--positive-only',
      '--hide-rest',
      '--save-segments',
      '--save-samples',
      '3',
      '--fill',
      '0,0,0',
    ];
    const { attributions } = await json(
      'explain',
      ...SMALL,
      '-o',
      'lime',
      'photo.png',
      '--method',
      'lime',
      '--score',
      'logit',
      ...args,
      '--segmentation',
      'own.npy',
      '--raw',
    );
    const [{ cutout, boundaries, samples, shape, labelMap }] = attributions;
    expect(shape).toEqual([16]);
    expect(decodeNpy(readFileSync(join(folder, labelMap))).data).toEqual(labels.map((label) => label / 10));
    for (const path of [cutout, boundaries]) expect(await sizeOf(path)).toEqual([64, 48]);
    expect(samples).toHaveLength(3);
    for (const { picture, weight } of samples) {
      expect(await sizeOf(picture)).toEqual([32, 32]);
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
    const { data } = await sharp(join(folder, cutout)).raw().toBuffer({ resolveWithObject: true });
    const pixel = (x: number, y: number) => [...data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)];
    expect(pixel(40, 20), 'inside the square').toEqual([255, 255, 255]);
    expect(pixel(2, 2), 'hidden').toEqual([128, 128, 128]);
  });

  test('one .png: the figure of compare, the picture of explain, and nothing else', async () => {
    await command(folder, 'compare', ...SMALL, '-q', '--methods', 'grad-cam', '-o', 'one/figure.png', 'photo.png');
    await command(folder, 'explain', ...SMALL, '-q', '-o', 'one/map.png', 'photo.png');
    expect(filesIn(join(folder, 'one'))).toEqual(['figure.png', 'map.png']);
    expect(await sizeOf('one/map.png')).toEqual([64, 48]);
  });

  test('photos of the same name do not overwrite each other', async () => {
    await writePhoto(join(folder, 'toy'));
    const { code, stdout } = await command(
      folder,
      'explain',
      ...SMALL,
      '--json',
      '-q',
      '-o',
      'names',
      'photo.png',
      'toy/photo.png',
    );
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ image }) => image.path)).toEqual(['photo.png', 'toy/photo.png']);
    const files = ['photo-2.grad-cam.0-bright.png', 'photo-2.json', 'photo.grad-cam.0-bright.png', 'photo.json'];
    expect(filesIn(join(folder, 'names'))).toEqual(files);
  });
});

test('--input explains a tensor', async () => {
  writeFileSync(
    join(folder, 'x.npy'),
    encodeNpy({ data: new Float32Array(3 * 32 * 32).fill(0.4), shape: [1, 3, 32, 32] }),
  );
  const { image, attributions } = await json('explain', '-m', 'toy', '-o', 'tensor', '--input', 'x.npy');
  expect(image).toMatchObject({ path: 'x.npy', width: 32, height: 32, crop: [0, 0, 32, 32] });
  expect(await sizeOf(attributions[0].overlay)).toEqual([32, 32]);
});

test('layers --json lists every layer and the default one', async () => {
  const { model, default: preferred, layers, unsupported } = await json('layers', 'toy');
  expect({ model, unsupported }).toEqual({ model: 'toy/model.onnx', unsupported: [] });
  const names = layers.filter(({ explainable }: { explainable: boolean }) => explainable);
  expect(names.at(-1)).toMatchObject({ name: preferred, shape: ['N', 4, 16, 16], role: 'features' });
  for (const layer of layers) expect(Object.keys(layer)).toEqual(['name', 'shape', 'role', 'explainable']);
});
