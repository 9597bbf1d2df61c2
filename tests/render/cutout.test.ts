import { describe, expect, test } from 'vitest';
import { boundaries } from '../../dist/src/render/boundaries.js';
import { cutout } from '../../dist/src/render/cutout.js';
import { flatPhoto } from './attribution.js';

const YELLOW = [255, 221, 0];
const GREY = [128, 128, 128];
const photo = flatPhoto([200, 100, 50]);
const rows =
  ({ data, width }: { data: Uint8Array; width: number }) =>
  (x: number, y: number) =>
    Array.from(data.slice((y * width + x) * 3, (y * width + x) * 3 + 3));

describe('boundaries', () => {
  test('are drawn where segments meet and where the crop ends, and nowhere else', () => {
    const segments = Int32Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 0 : 1));
    const at = rows(
      boundaries({ segments, inputSize: [4, 4], view: { width: 6, height: 4, crop: [1, 0, 4, 4] } }, photo),
    );
    for (let y = 0; y < 4; y++) {
      const line = [0, 1, 2, 3, 4, 5].map((x) => String(at(x, y)) === String(YELLOW));
      expect(line).toEqual([true, false, true, false, true, false]);
    }
  });

  test('leave the photo itself untouched, also one in a Buffer', () => {
    const inBuffer = { ...photo, data: Buffer.from(photo.data) };
    const segments = Int32Array.from({ length: 16 }, (_, at) => at);
    boundaries({ segments, inputSize: [4, 4], view: { width: 6, height: 4, crop: [0, 0, 6, 4] } }, inBuffer);
    expect(new Uint8Array(inBuffer.data)).toEqual(photo.data);
  });
});

describe('cutout', () => {
  const mask = (value: (x: number) => number, hideRest?: boolean) => ({
    data: Uint8Array.from({ length: 24 }, (_, at) => value(at % 6)),
    width: 6,
    height: 4,
    ...(hideRest === undefined ? {} : { hideRest }),
  });

  test('hides the rest in grey, with a line between', () => {
    const at = rows(
      cutout(
        photo,
        mask((x) => (x < 3 ? 1 : 0), true),
      ),
    );
    expect([at(0, 0), at(1, 3), at(2, 1), at(3, 0), at(5, 3)]).toEqual([
      [200, 100, 50],
      [200, 100, 50],
      YELLOW,
      GREY,
      GREY,
    ]);
  });

  test('keeps the rest where it is not to be hidden', () => {
    const at = rows(
      cutout(
        photo,
        mask((x) => (x < 3 ? 1 : 0)),
      ),
    );
    expect([at(0, 0), at(2, 0), at(5, 0)]).toEqual([[200, 100, 50], YELLOW, [200, 100, 50]]);
  });

  test('with both signs: red for, blue against', () => {
    const at = rows(
      cutout(
        photo,
        mask((x) => (x < 2 ? 1 : x < 4 ? 2 : 0), true),
      ),
    );
    const [red, blue] = [at(0, 0), at(2, 0)];
    expect(red[0]! - red[2]!).toBeGreaterThan(100);
    expect(blue[2]!).toBeGreaterThan(blue[0]!);
    expect(at(5, 0)).toEqual(GREY);
  });

  test('refuses a mask of another size', () => {
    expect(() => cutout(photo, { data: new Uint8Array(4), width: 2, height: 2 })).toThrow(
      'mask: expected the photo’s size'.replace('’', "'"),
    );
  });
});
