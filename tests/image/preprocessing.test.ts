import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { labels } from '../../dist/src/image/labels.js';
import { IMAGENET, preprocessing } from '../../dist/src/image/preprocessing.js';
import { preprocessorConfig } from '../../dist/src/image/preprocessor-config.js';

const config = (value: object) => preprocessorConfig(JSON.stringify(value), 'preprocessor_config.json');
const settle = (value: object, input = {}, options = {}) =>
  preprocessing({ channels: 3, ...input }, config(value), options);
const size = (side: number) => ({ width: side, height: side });

describe('preprocessing', () => {
  test('is ImageNet’s where nothing is said, in proportion to the model’s size', () => {
    expect(preprocessing({ channels: 3 })).toEqual(IMAGENET);
    const small = preprocessing({ channels: 3, width: 128, height: 128 });
    expect(small.size).toEqual(size(128));
    expect(small.resize).toEqual({ mode: 'shortest-edge', length: 146 });
  });

  test.each([
    [
      'torchvision’s style',
      { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: 224 },
      { mode: 'shortest-edge', length: 256 },
      224,
    ],
    ['ViT: one number is both sides', { size: 384 }, { mode: 'exact', ...size(384) }, 384],
    [
      'CLIP: one number is the shorter side',
      { size: 240, crop_size: 224 },
      { mode: 'shortest-edge', length: 240 },
      224,
    ],
    [
      'no crop although its size is written',
      { size: 224, crop_size: 200, do_center_crop: false },
      { mode: 'exact', ...size(224) },
      224,
    ],
    ['both sides', { size: { height: 192, width: 192 } }, { mode: 'exact', ...size(192) }, 192],
    ['ConvNeXt', { size: { shortest_edge: 224 }, crop_pct: 0.875 }, { mode: 'shortest-edge', length: 256 }, 224],
    ['ConvNeXt at 384', { size: { shortest_edge: 384 }, crop_pct: 0.875 }, { mode: 'exact', ...size(384) }, 384],
    [
      'PoolFormer',
      { size: { shortest_edge: 224 }, crop_pct: 0.9, do_center_crop: true, crop_size: size(224) },
      { mode: 'shortest-edge', length: 248 },
      224,
    ],
    ['no resizing', { size: 224, do_resize: false, crop_size: 224 }, { mode: 'none' }, 224],
  ])('%s', (_, written, resize, side) => {
    const made = settle(written);
    expect(made.resize).toEqual(resize);
    expect(made.size).toEqual(size(side));
  });

  test('gives pixels themselves to a model that takes whole numbers', () => {
    const written = { size: 64, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
    const bytes = settle(written, { type: 'uint8' });
    expect(bytes).toMatchObject({
      mean: [0, 0, 0],
      std: [1, 1, 1],
      size: size(64),
      resize: { mode: 'exact', ...size(64) },
    });
    expect(settle({}, { type: 'int64', width: 128, height: 128 })).toMatchObject({
      mean: [0, 0, 0],
      size: size(128),
      resize: { mode: 'shortest-edge', length: 146 },
    });
    expect(settle(written, { type: 'int8', channels: 1 })).toMatchObject({ mean: [128], std: [1] });
    expect(settle({}, { type: 'int32' }, { mean: [128] })).toMatchObject({ mean: [128, 128, 128], std: [1, 1, 1] });
    expect(settle(written, { type: 'float16' }).mean[0]).toBeCloseTo(127.5, 10);
  });

  test.each([
    [
      'uint8',
      { std: [58, 57, 57] },
      'std: expected 1, as the model takes whole numbers (uint8), received 58, 57, 57. Leave',
    ],
    ['uint8', { mean: [128] }, 'mean: expected numbers that leave pixels from 0 to 255 (uint8), received 128. Leave'],
    ['int8', { mean: [0] }, 'mean: expected numbers that leave pixels from -128 to 127 (int8), received 0. Leave'],
  ] as const)('refuses for %s %j', (type, options, message) => {
    const refused = expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) });
    expect(() => settle({}, { type }, options)).toThrow(refused);
  });

  test('puts rescaling and normalising into one mean and deviation on pixels 0–255', () => {
    const half = settle({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], rescale_factor: 1 / 255 });
    for (const value of [...half.mean, ...half.std]) expect(value).toBeCloseTo(127.5, 10);
    expect(settle({ do_rescale: false, do_normalize: false })).toMatchObject({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect(settle({ do_rescale: true, do_normalize: false })).toMatchObject({ mean: [0, 0, 0], std: [255, 255, 255] });
    const efficient = settle({ rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false });
    // x = p / 127.5 − 1
    for (const value of [...efficient.mean, ...efficient.std]) expect(value).toBeCloseTo(127.5, 10);
  });

  test.each(['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'])('Pillow’s number of %s', (name) => {
    const number = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'].indexOf(name);
    expect(settle({ resample: number }).resample).toBe(name);
  });

  test('options go first', () => {
    const made = settle({ size: 224, image_mean: [0.1, 0.1, 0.1] }, {}, { mean: [1, 2, 3], std: [4, 5, 6], size: 96 });
    expect(made).toMatchObject({
      mean: [1, 2, 3],
      std: [4, 5, 6],
      size: size(96),
      resize: { mode: 'exact', ...size(96) },
    });
  });

  test('a grey model has one mean: one that is given, or that of three', () => {
    expect(preprocessing({ channels: 1 }, {}, { mean: [10], std: [20] })).toMatchObject({ mean: [10], std: [20] });
    expect(preprocessing({ channels: 1 }).mean[0]).toBeCloseTo((123.675 + 116.28 + 103.53) / 3, 10);
  });

  test.each([
    [
      {},
      { size: 100 },
      'ERR_OPTION',
      'size: expected 224 × 224 (width × height), which the model takes, received 100 × 100.',
    ],
    [{ size: 128 }, {}, 'ERR_MODEL', 'size in preprocessor_config.json: expected 224 × 224'],
    [{}, { size: 0.5 }, 'ERR_OPTION', 'size (width): expected a whole number from 1 to 65536, received 0.5.'],
    [{}, { mean: [1, 2] }, 'ERR_OPTION', 'mean: expected 3 numbers, one for each channel, received 2.'],
    [{}, { std: [1, 0, 1] }, 'ERR_OPTION', 'std: expected numbers above 0, received 0.'],
  ])('refuses %o with options %o', (written, options, code, sentence) => {
    const attempt = () => settle(written, { width: 224, height: 224 }, options);
    expect(attempt).toThrow(sentence);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});

test('preprocessorConfig names every mistake', () => {
  const written = { size: 'big', image_std: [0, 1, 1], do_resize: 'yes', crop_pct: 2, do_flip_channel_order: true };
  for (const key of ['size', 'image_std.0', 'do_resize', 'crop_pct', 'do_flip_channel_order']) {
    expect(() => config(written)).toThrow(`${key}: `);
  }
  expect(() => config(written)).toThrow(expect.objectContaining({ code: 'ERR_MODEL' }));
  expect(() => preprocessorConfig('{', 'p.json')).toThrow('p.json: expected JSON');
  expect(config({ size: null, feature_extractor_type: 'anything' })).toEqual({});
});

describe('labels', () => {
  test.each([
    ['id2label', '{"id2label":{"1":"dog","0":"cat"},"model_type":"resnet"}'],
    ['an object', '{"0":"cat","1":"dog"}'],
    ['an array', '["cat","dog"]'],
    ['lines', 'cat\ndog\n'],
    ['Windows lines', '\ufeffcat\r\ndog\r\n'],
  ])('from %s', (_, text) => expect(labels(text, 'labels')).toEqual(['cat', 'dog']));

  test('an empty line in the middle keeps the numbering', () =>
    expect(labels('a\n\nc', 'labels')).toEqual(['a', '', 'c']));

  test.each([
    ['nothing', '', 'l.txt: expected the name of at least one class, received none.'],
    ['a gap', '{"0":"cat","2":"dog"}', 'l.txt: expected names for the classes 0 to 1, received none for class 1.'],
    ['numbers', '[1,2]', 'l.txt: '],
    ['a config without labels', '{"model_type":"resnet"}', 'l.txt: '],
    ['broken JSON', '["cat",', 'l.txt: expected JSON'],
  ])('refuses %s', (_, text, sentence) => {
    expect(() => labels(text, 'l.txt')).toThrow(sentence);
    expect(() => labels(text, 'l.txt')).toThrow(expect.objectContaining({ code: 'ERR_MODEL' }));
  });
});

const shared = new URL('../../../shared/data/models/', import.meta.url);
const models = existsSync(shared)
  ? readdirSync(shared).filter((name) => statSync(new URL(name, shared)).isDirectory())
  : [];
test.skipIf(models.length === 0)(
  'reads the configurations of the models in ../shared (skipped where it is missing)',
  () => {
    for (const name of models) {
      const text = (file: string) => readFileSync(new URL(`${name}/${file}`, shared), 'utf8');
      const made = preprocessing({ channels: 3 }, preprocessorConfig(text('preprocessor_config.json'), name));
      expect(made.size.width).toBe(Number(JSON.parse(text('preprocessor_config.json')).crop_size.width));
      expect(labels(text('config.json'), name)).toHaveLength(Number(JSON.parse(text('config.json')).num_labels));
    }
  },
);
