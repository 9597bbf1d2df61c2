import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { loadImage } from '../../dist/src/image/load-image.js';

const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** Two pixels by one: red, then blue. */
const redBlue = { data: Buffer.from([255, 0, 0, 0, 0, 255]), raw: { width: 2, height: 1, channels: 3 as const } };
const picture = (data: number[], width: number, height: number, channels: 1 | 2 | 3 | 4) =>
  sharp(Buffer.from(data), { raw: { width, height, channels } });
const noise = picture(
  Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * at * 31 + at * 7) % 251),
  64,
  64,
  3,
);
const pixels = async (source: Parameters<typeof loadImage>[0]) => Array.from((await loadImage(source)).data);

describe('loadImage gives upright RGB of 8 bits', () => {
  test('from a path, with its hash', async () => {
    const bytes = await sharp(redBlue.data, { raw: redBlue.raw }).png().toBuffer();
    const path = write('red-blue.png', bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await loadImage(path)).toEqual({ data: new Uint8Array(redBlue.data), width: 2, height: 1, path, sha256 });
  });

  test('from a Buffer, as plain bytes', async () => {
    const bytes = await sharp(redBlue.data, { raw: redBlue.raw }).webp({ lossless: true }).toBuffer();
    const { data } = await loadImage(bytes);
    expect(Array.from(data)).toEqual([255, 0, 0, 0, 0, 255]);
    expect(Buffer.isBuffer(data)).toBe(false);
  });

  test('with the EXIF orientation applied', async () => {
    const rotated = await sharp(redBlue.data, { raw: redBlue.raw })
      .withMetadata({ orientation: 6 })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    const { data, width, height } = await loadImage(rotated);
    expect([width, height]).toEqual([1, 2]);
    expect(Array.from(data)).toEqual([255, 0, 0, 0, 0, 255]);
    const mirrored = await sharp(redBlue.data, { raw: redBlue.raw })
      .withMetadata({ orientation: 2 })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    expect(await pixels(mirrored)).toEqual([0, 0, 255, 255, 0, 0]);
  });

  test('greyscale repeated', async () => {
    const grey = await picture([10, 200], 2, 1, 1).toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    expect(await pixels(grey)).toEqual([10, 10, 10, 200, 200, 200]);
  });

  test('alpha dropped, not blended, as Pillow does', async () => {
    expect(await pixels(await picture([200, 100, 50, 10], 1, 1, 4).png().toBuffer())).toEqual([200, 100, 50]);
    const greyAlpha = await picture([77, 5], 1, 1, 2).png().toBuffer();
    expect(await pixels(greyAlpha)).toEqual([77, 77, 77]);
  });

  test('16 bits by their upper 8', async () => {
    const deep = png(1, 1, 16, 2, [0xab, 0xcd, 0x12, 0xff, 0x00, 0x80]);
    expect(await pixels(deep)).toEqual([0xab, 0x12, 0x00]);
    expect(await pixels(png(1, 1, 16, 0, [0xab, 0xcd]))).toEqual([0xab, 0xab, 0xab]);
  });

  test('CMYK as colours', async () => {
    const cmyk = await picture([250, 250, 250, 20, 20, 220], 2, 1, 3)
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const { data, width } = await loadImage(cmyk);
    expect(width).toBe(2);
    expect(data.length).toBe(6);
    const [red, green, blue] = Array.from(data.slice(0, 3));
    expect(Math.min(red!, green!, blue!)).toBeGreaterThan(200);
    expect(data[5]! - data[3]!).toBeGreaterThan(60);
  });

  test('an embedded profile is ignored', async () => {
    const tagged = await sharp(redBlue.data, { raw: redBlue.raw })
      .png()
      .withIccProfile('p3', { attach: true })
      .toBuffer();
    const written = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(tagged).metadata()).icc).toBeDefined();
    expect(await pixels(tagged)).toEqual([...written]);
    expect(await pixels(tagged)).not.toEqual([255, 0, 0, 0, 0, 255]);
  });

  test('the first frame of an animation', async () => {
    const frames = Buffer.from([255, 0, 0, 0, 0, 255]);
    const gif = await sharp(frames, { raw: { width: 1, height: 2, channels: 3, pageHeight: 1 } })
      .gif({ delay: [100, 100] })
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const { data, height } = await loadImage(gif);
    expect([height, ...data]).toEqual([1, 255, 0, 0]);
  });

  test('one pixel', async () => {
    expect(await pixels(await picture([1, 2, 3], 1, 1, 3).png().toBuffer())).toEqual([1, 2, 3]);
  });

  test('raw pixels', async () => {
    expect(await pixels({ data: new Uint8Array([9, 8]), width: 2, height: 1, channels: 1 })).toEqual([
      9, 9, 9, 8, 8, 8,
    ]);
    expect(await pixels({ data: new Uint8Array([1, 2, 3, 4]), width: 1, height: 1, channels: 4 })).toEqual([1, 2, 3]);
    expect(await pixels({ data: new Uint8Array([1, 2, 3]), width: 1, height: 1 })).toEqual([1, 2, 3]);
  });
});

describe('loadImage refuses, naming the photo', async () => {
  const jpeg = await noise.jpeg().toBuffer();
  const whole = await noise.png().toBuffer();
  test.each([
    [
      'a text file',
      write('a.txt', 'hello'),
      `photo ${folder}/a.txt: expected a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF), received a text file.`,
    ],
    [
      'an empty file',
      write('empty.jpg', ''),
      'empty.jpg: expected a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF), received an empty file.',
    ],
    ['an SVG', write('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'), 'received an SVG drawing.'],
    [
      'a missing file',
      join(folder, 'none.jpg'),
      'none.jpg: expected a picture file, received a path that does not exist. Check the path.',
    ],
    ['a folder', folder, `photo ${folder}: expected a picture file, received a folder.`],
    [
      'a truncated JPEG',
      write('cut.jpg', jpeg.subarray(0, jpeg.length / 2)),
      'cut.jpg: expected a whole JPEG picture, received one that is damaged or cut off',
    ],
    [
      'a JPEG without its last bytes',
      write('cut2.jpg', jpeg.subarray(0, jpeg.length - 40)),
      'cut2.jpg: expected a whole JPEG',
    ],
    ['a truncated PNG', write('cut.png', whole.subarray(0, whole.length / 2)), 'cut.png: expected a whole PNG picture'],
    ['only a header', write('head.jpg', jpeg.subarray(0, 4)), 'head.jpg: expected a whole JPEG picture'],
    [
      '20,000 × 20,000',
      write('vast.png', png(20_000, 20_000, 1, 0, [])),
      'vast.png: expected at most 200 million pixels, received 20000 × 20000. Make it smaller first.',
    ],
  ])('%s', async (_, path, sentence) => {
    await expect(loadImage(path)).rejects.toThrow(sentence);
    await expect(loadImage(path)).rejects.toMatchObject({ code: 'ERR_IMAGE', name: 'ExplainError' });
  });

  test.each([
    [
      'too few bytes',
      { data: new Uint8Array(5), width: 2, height: 1 },
      'photo: expected 2 × 1 × 3 = 6 bytes, received 5.',
    ],
    [
      'no width',
      { data: new Uint8Array(0), width: 0, height: 1 },
      'photo: expected a width and a height of at least 1, received 0 × 1.',
    ],
  ])('raw pixels with %s', async (_, raw, sentence) => {
    await expect(loadImage(raw)).rejects.toThrow(sentence);
  });
});

test('the example photo', async () => {
  const path = new URL('../../examples/chelsea.png', import.meta.url).pathname;
  const { width, height, sha256 } = await loadImage(path);
  expect([width, height]).toEqual([451, 300]);
  expect(sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
});

/** A PNG of one row of samples, or of none where only its header matters. */
function png(width: number, height: number, depth: number, colour: number, samples: number[]): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour], 8);
  const data = deflateSync(Buffer.from([0, ...samples]));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
