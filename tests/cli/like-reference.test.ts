/** `--like TOOL` on that tool's own preprocessed tensor, from the command line to the .npy files: what the tool itself computed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { softMask } from '../../dist/src/core/soft-mask.js';
import { relativeError } from '../distance.ts';
import { readNpy } from '../npy.ts';
import { adjustedRand } from '../perturb/segment/agreement.ts';
import { command, workingFolder } from './command.ts';

const shared = new URL('../../../shared/', import.meta.url);
const references = new URL('reference/squeezenet1_1-cat-dog/', shared);
const missing = !existsSync(references);
const folder = workingFolder();

async function explain(tool: string, methods: readonly string[]) {
  const { code, stderr } = await command(
    folder,
    ...['explain', '--input', fileURLToPath(new URL('input.npy', references)), '--raw', '-q', '-o', tool],
    ...['-m', fileURLToPath(new URL('data/models/squeezenet1_1', shared)), '-t', '281'],
    ...['--like', tool, '--methods', methods.join()],
  );
  expect([code, stderr]).toEqual([0, '']);
  return (column: string) => readNpy(join(folder, tool, `input.${column}.npy`));
}
const reference = (name: string) => readNpy(new URL(`${name}.npy`, references)).data;

/** From 0 to 1, as torch-cam and pytorch-grad-cam scale their maps. */
function unit(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return all.map((value) => (value - least) / (most - least));
}
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

/** 13 × 13 cells at 224 × 224 pixels, between evenly spread cells: cv2's bilinear. */
function enlarged(data: readonly number[]): Float32Array {
  const planes = { data: Float32Array.from(data), shape: [1, 13, 13] };
  return softMask({ planes, isCornerAligned: false, isStretched: false }, 0, 224, 224);
}

describe.skipIf(missing)(`--like${missing ? ' (skipped: ../shared is missing)' : ''}`, { timeout: 120_000 }, () => {
  test('captum', async () => {
    const classes = ['Saliency', 'IntegratedGradients', 'GuidedBackprop', 'Deconvolution', 'GuidedGradCam', 'DeepLift'];
    const raw = await explain('captum', [
      ...classes,
      'LayerGradCam',
      'IntegratedGradients:quadrature=right:steps=20',
      'Occlusion:window=32:stride=16',
    ]);
    for (const [column, name] of [
      ['saliency', 'saliency'],
      ['integrated-gradients', 'integrated-gradients'],
      ['guided-backprop', 'guided-backprop'],
      ['deconvnet', 'deconvnet'],
      ['guided-grad-cam', 'guided-grad-cam'],
      ['deep-lift', 'deep-lift'],
      ['grad-cam', 'layer-grad-cam'],
      ['integrated-gradients-2', 'integrated-gradients-right'],
      ['occlusion', 'occlusion-32-16'],
    ] as const) {
      expect(relativeError(raw(`${column}.281-tabby`).data, reference(`${name}-281`)), name).toBeLessThan(1e-2);
    }
  });

  test('torch-cam', async () => {
    const raw = await explain('torch-cam', ['GradCAM', 'XGradCAM', 'LayerCAM', 'ScoreCAM']);
    for (const name of ['grad-cam', 'xgrad-cam', 'layer-cam', 'score-cam']) {
      const found = unit(raw(`${name}.281-tabby`).data);
      expect(farthest(found, reference(`${name}-281`)), name).toBeLessThan(1e-3);
    }
  });

  test('pytorch-grad-cam', async () => {
    const raw = await explain('pytorch-grad-cam', ['GradCAMPlusPlus', 'HiResCAM', 'EigenCAM']);
    for (const name of ['grad-cam++', 'hires-cam', 'eigen-cam']) {
      const found = unit(enlarged(raw(`${name}.281-tabby`).data));
      expect(farthest(found, unit(reference(`${name}-281`))), name).toBeLessThan(1e-3);
    }
  });

  test('lime: its segments, and a weight for each', async () => {
    const raw = await explain('lime', ['LimeImageExplainer:samples=40']);
    const segments = raw('lime.segments').data;
    expect(adjustedRand(segments, reference('quickshift-segments'))).toBeGreaterThan(0.9);
    expect(raw('lime.281-tabby').shape).toEqual([new Set(segments).size]);
  });
});
