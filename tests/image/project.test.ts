import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attribution, SpatialMap } from '../../dist/src/core/attribution.js';
import { PIXELS, type View } from '../../dist/src/core/view.js';
import { isSeen, project, projectLabels, projectMap } from '../../dist/src/image/project.js';

/** A map [height, width] that is 1 in one cell. */
function bright(height: number, width: number, row: number, column: number, lattice = PIXELS): SpatialMap {
  const data = new Float32Array(height * width);
  data[row * width + column] = 1;
  return { data, height, width, lattice };
}

/** Where the weight of a picture lies, in photo pixels; the centre of the first pixel is ½. */
function centroid(values: ArrayLike<number>, width: number): [number, number] {
  let [total, x, y] = [0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    total += values[at]!;
    x += values[at]! * ((at % width) + 0.5);
    y += values[at]! * (Math.floor(at / width) + 0.5);
  }
  return [x / total, y / total];
}

describe('projectMap', () => {
  test('puts a bright cell within half a pixel of its place, for any crop, lattice and size of the photo', () => {
    const cell = fc.record({ row: fc.integer({ min: 1, max: 5 }), column: fc.integer({ min: 1, max: 5 }) });
    const crop = fc.tuple(
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.double({ min: 0, max: 80, noNaN: true }),
      fc.double({ min: 60, max: 400, noNaN: true }),
      fc.double({ min: 60, max: 250, noNaN: true }),
    );
    const origin = fc.double({ min: -3, max: 20, noNaN: true });
    fc.assert(
      fc.property(cell, crop, origin, ({ row, column }, [x, y, cropWidth, cropHeight], start) => {
        const lattice = { originY: start, originX: start, stepY: 32, stepX: 32 };
        const view: View = { width: 640, height: 360, crop: [x, y, cropWidth, cropHeight] };
        const values = projectMap(bright(7, 7, row, column, lattice), [224, 224], view);
        const wantedX = x + ((start + 32 * column + 0.5) / 224) * cropWidth;
        const wantedY = y + ((start + 32 * row + 0.5) / 224) * cropHeight;
        const [reachX, reachY] = [(32 / 224) * cropWidth, (32 / 224) * cropHeight];
        const isInside =
          wantedX - reachX > 0 && wantedX + reachX < 640 && wantedY - reachY > 0 && wantedY + reachY < 360;
        fc.pre(isInside);
        const [foundX, foundY] = centroid(values, 640);
        expect(Math.abs(foundX - wantedX)).toBeLessThan(0.5);
        expect(Math.abs(foundY - wantedY)).toBeLessThan(0.5);
      }),
    );
  });

  test('a bright pixel of the model’s input lies on the photo pixels that made it', () => {
    // The central square of a 640 × 360 photo, 224 pixels for 315 of the photo.
    const view: View = { width: 640, height: 360, crop: [162.5, 22.5, 315, 315] };
    const values = projectMap(bright(224, 224, 50, 100), [224, 224], view);
    const [x, y] = centroid(values, 640);
    expect(x).toBeCloseTo(162.5 + (100.5 / 224) * 315, 0);
    expect(y).toBeCloseTo(22.5 + (50.5 / 224) * 315, 0);
  });

  test('is linear between the centres of cells and constant beyond the outermost', () => {
    const map = {
      data: new Float32Array([0, 8]),
      height: 1,
      width: 2,
      lattice: { originX: 1.5, originY: 0, stepX: 4, stepY: 1 },
    };
    const values = projectMap(map, [1, 8], { width: 8, height: 1, crop: [0, 0, 8, 1] });
    expect(Array.from(values)).toEqual([0, 0, 1, 3, 5, 7, 8, 8]);
  });

  test('averages where the photo is smaller than the map', () => {
    const data = Float32Array.from({ length: 64 }, (_, at) => ((at % 8) + Math.floor(at / 8)) % 2);
    const values = projectMap({ data, height: 8, width: 8, lattice: PIXELS }, [8, 8], {
      width: 2,
      height: 2,
      crop: [0, 0, 2, 2],
    });
    for (const value of values) expect(value).toBeCloseTo(0.5, 6);
  });

  test('leaves a map as it is where photo and input are the same', () => {
    const data = Float32Array.from({ length: 12 }, (_, at) => at * at);
    const view: View = { width: 4, height: 3, crop: [0, 0, 4, 3] };
    expect(projectMap({ data, height: 3, width: 4, lattice: PIXELS }, [3, 4], view)).toEqual(data);
  });
});

describe('projectLabels', () => {
  test('is the nearest label, and −1 where the model did not look', () => {
    const view: View = { width: 6, height: 2, crop: [1, 0, 4, 2] };
    const labels = projectLabels(new Int32Array([3, 5]), [1, 2], view);
    expect(Array.from(labels)).toEqual([-1, 3, 3, 5, 5, -1, -1, 3, 3, 5, 5, -1]);
    const seen = Array.from(labels, (_, at) => isSeen(view, at % 6, Math.floor(at / 6)));
    expect(seen).toEqual(Array.from(labels, (label) => label >= 0));
  });
});

test('project paints segments with hard edges', () => {
  const attribution = {
    data: new Float32Array([0.25, -2]),
    shape: [2],
    segments: new Int32Array([0, 1]),
    inputSize: [1, 2],
    view: { width: 4, height: 1, crop: [0, 0, 4, 1] },
    lattice: PIXELS,
    fold: 'sum',
  } as unknown as Attribution;
  expect(Array.from(project(attribution))).toEqual([0.25, 0.25, -2, -2]);
});
