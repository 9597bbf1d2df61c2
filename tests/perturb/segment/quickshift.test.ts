import { existsSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { quickshift } from '../../../dist/src/perturb/segment/quickshift.js';
import { readNpy } from '../../npy.ts';
import { adjustedRand } from './agreement.ts';

const root = new URL('../../../', import.meta.url);
const part = { left: 113, top: 38, width: 224, height: 224 };

async function photoOf(path: URL, crop?: typeof part) {
  const image = sharp(path.pathname).removeAlpha();
  const { data, info } = await (crop ? image.extract(crop) : image).raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** Labels from a 16-bit picture. */
async function goldenLabels(name: string): Promise<Uint16Array> {
  const file = new URL(`tests/golden/black-box/quickshift-${name}.png`, root).pathname;
  const bytes = await sharp(file).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
  return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const chelsea = new URL('examples/chelsea.png', root);
const picture = new URL('tests/golden/default-model/picture.png', root);

describe('quickshift', () => {
  test.each([
    ['chelsea', chelsea, part, {}],
    ['chelsea-fine', chelsea, part, { kernelSize: 2.5, maxDist: 6, ratio: 0.6 }],
    ['picture', picture, undefined, { kernelSize: 3, maxDist: 10, ratio: 0.5 }],
  ])('is scikit-image’s on %s', async (name, path, crop, options) => {
    const labels = quickshift(await photoOf(path, crop), options);
    const golden = await goldenLabels(name);
    expect(Math.max(...labels)).toBe(Math.max(...golden));
    expect(adjustedRand(labels, golden)).toBeGreaterThan(0.99);
  });

  const reference = new URL('../shared/reference/squeezenet1_1-cat-dog/', root);
  const here = existsSync(reference);
  test.skipIf(!here)(`gives lime’s default segments${here ? '' : ': skipped, ../shared is missing'}`, async () => {
    const labels = quickshift(await photoOf(new URL('image.png', reference)));
    const { data } = readNpy(new URL('quickshift-segments.npy', reference));
    expect(adjustedRand(labels, data)).toBeGreaterThan(0.99);
  });

  test('follows the edge between two colours and numbers segments row by row', () => {
    const data = Uint8Array.from({ length: 3 * 900 }, (_, at) => (Math.floor(at / 3) % 30 < 17 ? 20 : 230));
    const labels = quickshift({ data, width: 30, height: 30 }, { ratio: 1, maxDist: 20 });
    const sides = [new Set<number>(), new Set<number>()];
    for (const [at, label] of labels.entries()) sides[at % 30 < 17 ? 0 : 1]!.add(label);
    expect([...sides[0]!].filter((label) => sides[1]!.has(label))).toEqual([]);
    expect([...new Set(labels)]).toEqual(Array.from(new Set(labels), (_, at) => at));
  });

  test('thin and tiny pictures work', () => {
    for (const [width, height] of [
      [1, 1],
      [40, 1],
      [1, 40],
      [3, 2],
    ] as const) {
      const labels = quickshift({ data: new Uint8Array(3 * width * height).fill(90), width, height });
      expect(labels.length).toBe(width * height);
    }
  });

  test.each([{ kernelSize: 0.5 }, { kernelSize: 21 }, { maxDist: -1 }, { ratio: 1.5 }])('refuses %j', (options) => {
    const photo = { data: new Uint8Array(12), width: 2, height: 2 };
    expect(() => quickshift(photo, options)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });
});
