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

  test('bicubic is Pillow’s, for cells that share the picture evenly', () => {
    // Image.fromarray(cells, 'F').resize((10, 7), Image.BICUBIC)
    const pillow = [
      [-0.08417, -0.04475, 0.02048, 0.15874, 0.45644, 0.86146, 1.01227, 0.75939, 0.47769, 0.38093],
      [0.04663, 0.06323, 0.07075, 0.14317, 0.4192, 0.82736, 0.97313, 0.69868, 0.39854, 0.29439],
      [0.38191, 0.33586, 0.18299, 0.07597, 0.30674, 0.74607, 0.8879, 0.54401, 0.18105, 0.05253],
      [0.64953, 0.56622, 0.32353, 0.10587, 0.26905, 0.66245, 0.77367, 0.41765, 0.05223, -0.07925],
      [0.5139, 0.50304, 0.46627, 0.44152, 0.50678, 0.62613, 0.63757, 0.46946, 0.30555, 0.24478],
      [0.28465, 0.3647, 0.58159, 0.80235, 0.77991, 0.61108, 0.52171, 0.56425, 0.62306, 0.64107],
      [0.20124, 0.31675, 0.63303, 0.94919, 0.88898, 0.60211, 0.47096, 0.59819, 0.7469, 0.79664],
    ];
    const cells = [0, 0.2, 1, 0.4, 0.6, 0.1, 0.8, 0, 0.3, 0.9, 0.5, 0.7];
    const lattice = { originY: 7 / 6 - 0.5, originX: 10 / 8 - 0.5, stepY: 7 / 3, stepX: 10 / 4 };
    const map = { data: Float32Array.from(cells), height: 3, width: 4, lattice };
    const view: View = { width: 10, height: 7, crop: [0, 0, 10, 7] };
    const found = projectMap(map, [7, 10], view, 'bicubic');
    for (const [at, value] of pillow.flat().entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(2e-5);
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
