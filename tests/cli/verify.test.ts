/** `verify`: what a record tells of is made again, and every way in which it may be different is said. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashOf } from '../../dist/src/compare/fingerprint.js';
import { decodeNpy, encodeNpy } from '../../dist/src/core/npy.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise } from '../toy-model.ts';
import { command, expectRefusal, workingFolder } from './command.ts';
import { brightnessModel, writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const FEW = ['--samples', '20', '--steps', '4', '--noise-samples', '2', '-q'];
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
/** The record with a change, under another name. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the command
function changed(name: string, change: (record: any) => void, from = 'out/photo.json'): string {
  const record = read(from);
  change(record);
  writeFileSync(join(folder, `out/${name}.json`), JSON.stringify(record));
  return `out/${name}.json`;
}
const verify = (...args: string[]) => command(folder, 'verify', ...args);
const verified = async (path: string, ...args: string[]) => {
  const { code, stdout, stderr } = await verify(path, '--json', ...args);
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
};

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
  writeFileSync(join(folder, 'labels.json'), '["hell", "dunkel"]');
  const cells = Int32Array.from({ length: 32 * 32 }, (_, at) => Math.floor(at / 256) * 4 + Math.floor((at % 32) / 8));
  writeFileSync(join(folder, 'cells.npy'), encodeNpy({ data: cells, shape: [32, 32] }));
  writeFileSync(join(folder, 'map.npy'), encodeNpy(noise([8, 8], 3)));
  writeFileSync(join(folder, 'config.json'), '{ "seed": 4, "window": 8 }');
  const everything = [
    ...['compare', '-m', 'toy', ...FEW, '--methods', 'lime,grad-cam,smooth-grad,occlusion:baseline=noise', '--raw'],
    ...['--metrics', 'deletion:step=128', '--repeat', '2', '--attribution', 'map=./map.npy', '--config'],
    ...['config.json', '--labels', './labels.json', '--segmentation', './cells.npy', 'photo.png'],
  ];
  const { code, stderr } = await command(folder, ...everything);
  expect(code, stderr).toBe(0);
});

test('a record holds the options, those of a config file too, and the files that they name', () => {
  const { run, attributions } = read('out/photo.json');
  const hash = expect.stringMatching(/^[\da-f]{64}$/);
  expect(run).toEqual({
    command: 'compare',
    options: {
      ...{ attribution: ['map=map.npy'], labels: 'labels.json', metrics: ['deletion:step=128'], noiseSamples: '2' },
      ...{ methods: ['lime', 'grad-cam', 'smooth-grad', 'occlusion:baseline=noise'], repeat: '2', samples: '20' },
      ...{ seed: 4, segmentation: 'cells.npy', steps: '4', window: 8 },
    },
    files: ['map.npy', 'labels.json', 'cells.npy'].map((path) => ({ path, sha256: hash })),
  });
  for (const { raw, fingerprint } of attributions) {
    const { data } = decodeNpy(readFileSync(join(folder, raw)));
    expect(fingerprint.sha256).toBe(hashOf(data as Float32Array));
  }
});

describe('the same', () => {
  test('in sentences, and in JSON', async () => {
    const outcome = await verify('out/photo.json');
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const lines = outcome.stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'out/photo.json: the same: every value is equal to the last bit.',
      'model toy/model.onnx: unchanged.',
      'photo photo.png: unchanged.',
      'file map.npy: unchanged.',
    ]);
    expect(lines).toContain("saliency for 1 'dunkel': same.");
    const { code, verdict, attributions } = await verified('out/photo.json', '--workers', '1');
    expect([code, verdict, attributions.length]).toEqual([0, 'same', 10]);
    for (const judged of attributions) {
      expect(judged).toMatchObject({ verdict: 'same', largestDifference: 0, comparedOn: 'values', changed: [] });
    }
  });

  test('from another folder: the files are found above the record', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere/photo.png'), 'another file of that name');
    const { code, stdout } = await command(join(folder, 'elsewhere'), 'verify', '../out/photo.json');
    expect(stdout).toMatch(/^\.\.\/out\/photo\.json: the same/);
    expect(code).toBe(0);
  });

  test('of explain, a tensor, the default model and a tool to be like', async () => {
    writeFileSync(join(folder, 'x.npy'), encodeNpy(noise([1, 3, 32, 32], 8)));
    await command(folder, 'explain', '-m', 'toy', ...FEW, '--input', 'x.npy', '--like', 'captum', '-o', 'tensor');
    expect(await verified('tensor/x.json')).toMatchObject({ code: 0, verdict: 'same' });
    await command(folder, 'explain', ...FEW, '--method', 'saliency', '-t', 'cat', '-o', 'default', 'photo.png');
    const moved = changed('moved', (record) => (record.model.path = 'elsewhere/model.onnx'), 'default/photo.json');
    expect(await verified(moved)).toMatchObject({ code: 0, verdict: 'same' });
  });
});

test('what a budget ended is made again from as many samples, however fast the machine is then', async () => {
  const methods = 'lime:budget=40ms,rise,grad-cam,kernel-shap:samples=4000,lime:seed=3';
  const limits = ['--budget', '60ms', '--tolerance', '0.001', '--samples', '90000', '--seed', '1'];
  const { stderr, code } = await command(
    folder,
    'compare',
    '-m',
    'toy',
    '--methods',
    methods,
    ...limits,
    '-q',
    '-o',
    'timed',
    'photo.png',
  );
  expect(code, stderr).toBe(0);
  const used = read('timed/photo.json').attributions.map(({ samplesUsed }: { samplesUsed?: number }) => samplesUsed);
  expect(used.filter(Number)).toHaveLength(8);
  expect(Math.max(...used.filter(Number))).toBeLessThan(90_000);
  const { verdict, attributions } = await verified('timed/photo.json');
  expect(attributions.map(({ method, verdict }: { method: string; verdict: string }) => [method, verdict])).toEqual(
    ['lime', 'lime', 'rise', 'rise', 'grad-cam', 'grad-cam', 'kernel-shap', 'kernel-shap', 'lime-2', 'lime-2'].map(
      (method) => [method, 'same'],
    ),
  );
  expect(verdict).toBe('same');
});

describe('others', () => {
  /** As another machine may have found them: every value larger by a share. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the command
  const larger = (share: number, beside: boolean) => (record: any) => {
    for (const attribution of record.attributions) {
      const { data, shape } = decodeNpy(readFileSync(join(folder, attribution.raw)));
      const other = Float32Array.from(data, (value) => value * (1 + share));
      const means = new Float32Array(Uint8Array.from(Buffer.from(attribution.fingerprint.means, 'base64')).buffer).map(
        (value) => value * (1 + share),
      );
      attribution.fingerprint = { sha256: hashOf(other), means: Buffer.from(means.buffer).toString('base64') };
      attribution.raw = `out/larger-${beside}-${attribution.method}-${attribution.target.index}.npy`;
      if (beside) writeFileSync(join(folder, attribution.raw), encodeNpy({ data: other, shape }));
    }
  };

  test.each([
    [true, ['values', 'values']],
    // Of the toy's 4 × 4 superpixels all values are kept.
    [false, ['values', 'means']],
  ])('within tolerance, with the values beside the record: %s', async (beside, [ofSegments, ofPixels]) => {
    const path = changed(`near-${beside}`, larger(1e-4, beside));
    const { code, verdict, attributions } = await verified(path);
    expect([code, verdict]).toEqual([0, 'within tolerance']);
    const [lime, , gradCam, dark, saliency] = attributions;
    expect(dark, '0 everywhere').toMatchObject({ method: 'grad-cam', verdict: 'same' });
    for (const [judged, comparedOn] of [
      [lime, ofSegments],
      [gradCam, 'values'],
      [saliency, ofPixels],
    ]) {
      expect(judged).toMatchObject({ verdict: 'within tolerance', comparedOn });
      expect(judged.largestDifference).toBeCloseTo(1e-4, 6);
    }
    const { stdout } = await verify(path);
    expect(stdout).toMatch(/^out\/near-\w+\.json: within tolerance \(0\.001 of the largest value\)\.\n/);
    expect(await verified(path, '--tolerance', '1e-5')).toMatchObject({ code: 1, verdict: 'different' });
  });

  test('a damaged .npy beside the record: the means are compared instead', async () => {
    writeFileSync(join(folder, 'out/damaged.npy'), 'no array');
    const path = changed('damaged', (record) => {
      larger(1e-4, false)(record);
      for (const attribution of record.attributions) attribution.raw = 'out/damaged.npy';
    });
    const { verdict, attributions } = await verified(path);
    expect(verdict).toBe('within tolerance');
    expect(attributions[4]).toMatchObject({ method: 'saliency', comparedOn: 'means' });
  });

  test('another seed than the record says: what drew differs, what did not is the same', async () => {
    const path = changed('seed', ({ run }) => (run.options.seed = 5));
    const { code, verdict, attributions } = await verified(path);
    expect([code, verdict]).toEqual([1, 'different']);
    const verdicts = Object.fromEntries(
      attributions.map(({ method, verdict }: { method: string; verdict: string }) => [method, verdict]),
    );
    expect(verdicts).toMatchObject({ lime: 'different', saliency: 'different', occlusion: 'different' });
    for (const { method, largestDifference, changed } of attributions) {
      if (method === 'lime') expect(largestDifference).toBeGreaterThan(0.01);
      if (method !== 'grad-cam' && method !== 'map') continue;
      expect(largestDifference).toBe(0);
      // Random attributions are drawn too; the area under the map's own curve is not.
      expect(changed).toEqual([]);
    }
  });

  test('a score, a metric and a version that are others', async () => {
    const path = changed('figures', ({ attributions, versions }) => {
      attributions[0].score += 0.5;
      attributions[1].metrics.deletion.value += 0.25;
      versions['onnxruntime-node'] = '0.0.1';
    });
    const { code, stdout } = await verify(path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nonnxruntime-node: 0\.0\.1 in the record, \d+\.\d+\.\d+ here\.\n/);
    expect(stdout).toMatch(/\nlime for 0 'hell': different; score [\d.]+ is now [\d.]+\.\n/);
    expect(stdout).toMatch(/\nlime for 1 'dunkel': different; deletion [\d.]+ is now [\d.]+\.\n/);
  });

  test('an attribution that is not made any more', async () => {
    const path = changed('gone', ({ run }) => (run.options.methods = ['lime']));
    const { code, attributions } = await verified(path);
    expect(code).toBe(1);
    expect(attributions.at(-3)).toMatchObject({ method: 'occlusion', verdict: 'different', largestDifference: null });
  });

  test('a file that is missing: nothing is run, and the sentence says which', async () => {
    const missing = changed('missing', ({ image }) => (image.path = 'lost.png'));
    const outcome = await verify(missing);
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(outcome.stdout.split('\n').slice(0, 3)).toEqual([
      'out/missing.json: different.',
      'model toy/model.onnx: unchanged.',
      'photo lost.png: missing: nothing could be run again.',
    ]);
    expect(await verified(missing)).toMatchObject({ code: 1, verdict: 'different', attributions: [] });
  });

  test('a photo, a map and a model that are others now', async () => {
    const to = (name: string) => join(folder, name);
    copyFileSync(to('photo.png'), to('kept.png'));
    await sharp(to('kept.png')).negate().toFile(to('negative.png'));
    renameSync(to('negative.png'), to('photo.png'));
    const photo = await verify('out/photo.json');
    expect(photo.stdout).toMatch(/\nphoto photo\.png: changed since: its SHA-256 is another one\.\n/);
    expect(photo.stdout).toMatch(
      /\ngrad-cam for 0 'hell': different; values differ by at most [\d.]+ of the largest; score/,
    );
    expect(photo.code).toBe(1);
    renameSync(to('kept.png'), to('photo.png'));

    writeFileSync(to('map.npy'), encodeNpy(noise([8, 8], 4)));
    const map = await verified('out/photo.json');
    expect(map.code).toBe(1);
    expect(map.files[2]).toMatchObject({ path: 'map.npy', state: 'changed' });
    expect(map.attributions.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      ...Array(8).fill('same'),
      ...Array(2).fill('different'),
    ]);

    writeFileSync(to('toy/model.onnx'), writeModel(brightnessModel({ late: (b, x) => b.op('Neg', [x]) })));
    const model = await verify('out/photo.json');
    expect(model.stdout).toMatch(/\nmodel toy\/model\.onnx: changed since: its SHA-256 is another one\.\n/);
    expect(model.code).toBe(1);
  });
});

describe('what is no record is refused in one sentence:', () => {
  test.each([
    [
      'a path that is not there',
      'nothing.json',
      undefined,
      /RECORD: expected the JSON that compare or explain left, received a path/,
    ],
    ['no JSON', 'text.json', 'text', /RECORD text\.json: expected the JSON .*, received no JSON/],
    ['other JSON', 'other.json', '{"model": 1}', /received something else, or that of an older version \(at model\)/],
  ])('%s', async (_, path, content, sentence) => {
    if (content) writeFileSync(join(folder, path), content);
    expectRefusal(await verify(path), 2, sentence);
  });

  test('a tolerance below 0', async () =>
    expectRefusal(
      await verify('out/photo.json', '--tolerance', '-1'),
      2,
      /--tolerance: expected a number of at least 0/,
    ));
});
