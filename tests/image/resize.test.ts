import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Photo } from '../../dist/src/core/predictor.js';
import { loadImage } from '../../dist/src/image/load-image.js';
import { preprocess } from '../../dist/src/image/preprocess.js';
import type { Resample } from '../../dist/src/image/resample.js';
import { resize } from '../../dist/src/image/resize.js';

interface Resized {
  source: 'chelsea' | 'formula';
  width: number;
  height: number;
  resample: Resample;
  pixels: string;
}
interface Cropped {
  source: 'chelsea' | 'formula';
  length: number;
  size: number;
  resample: Resample;
  mode: 'RGB' | 'L';
  sha256: string;
}

const path = (name: string) => new URL(`../../${name}`, import.meta.url);
const golden = JSON.parse(readFileSync(path('tests/golden/resize/golden.json'), 'utf8')) as {
  resized: Resized[];
  cropped: Cropped[];
};
const sources = { chelsea: await loadImage(path('examples/chelsea.png').pathname), formula: formula() };

/** The picture that make_golden.py calls `formula`. */
function formula(): Photo {
  const [width, height] = [37, 23];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [c, x, y] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return (x * x * 3 + y * 7 + x * y * 5 + c * 80) % 256;
  });
  return { data, width, height };
}

describe('resize is Pillow, byte for byte', () => {
  test.each(golden.resized)('$source to $width × $height, $resample', ({ source, width, height, resample, pixels }) => {
    const made = resize(sources[source], width, height, resample);
    expect([made.width, made.height]).toEqual([width, height]);
    expect(Buffer.from(made.data).equals(Buffer.from(pixels, 'base64'))).toBe(true);
  });

  test('to its own size changes nothing', () => {
    const { data, width, height } = resize(sources.formula, 37, 23, 'bicubic');
    expect([width, height]).toEqual([37, 23]);
    expect(data).toEqual(sources.formula.data);
  });
});

describe('preprocess resizes and crops as torchvision on Pillow pictures', () => {
  test.each(golden.cropped)(
    '$source $mode $length/$size, $resample',
    ({ source, length, size, resample, mode, sha256 }) => {
      const channels = mode === 'L' ? 1 : 3;
      const { picture } = preprocess(sources[source], {
        size: { width: size, height: size },
        resize: { mode: 'shortest-edge', length },
        resample,
        mean: Array(channels).fill(0),
        std: Array(channels).fill(1),
      });
      const plane = size * size;
      const interleaved = Uint8Array.from(picture.data, (_, at) => {
        return picture.data[(at % channels) * plane + Math.floor(at / channels)]!;
      });
      expect(createHash('sha256').update(interleaved).digest('hex')).toBe(sha256);
    },
  );
});
