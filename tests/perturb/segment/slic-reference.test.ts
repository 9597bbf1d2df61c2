/** Against scikit-image's slic on a part of the example photo, made by tests/golden/slic/chelsea.py. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { grid } from '../../../dist/src/perturb/segment/grid.js';
import { slic } from '../../../dist/src/perturb/segment/slic.js';
import { adjustedRand } from './agreement.ts';

const SIDE = 224;
const file = (path: string) => new URL(`../../../${path}`, import.meta.url).pathname;

const part = { left: 113, top: 38, width: SIDE, height: SIDE };
const data = await sharp(file('examples/chelsea.png')).extract(part).removeAlpha().raw().toBuffer();
const labelsOf = (name: string) =>
  sharp(file(`tests/golden/slic/${name}.png`))
    .extractChannel(0)
    .raw()
    .toBuffer();
const [golden, finer, truth] = await Promise.all(['chelsea', 'finer', 'truth'].map(labelsOf));
const photo = { data: new Uint8Array(data), width: SIDE, height: SIDE };
const ours = slic(photo, { segments: 60, compactness: 10, sigma: 1 });

test('slic agrees with scikit-image far better than a grid does', () => {
  const even = grid(photo, 60);
  expect(adjustedRand(ours, golden!)).toBeGreaterThan(adjustedRand(even, golden!) + 0.15);
  expect(boundaryRecall(ours, golden!)).toBeGreaterThan(2 * boundaryRecall(even, golden!));
});

test.each([
  ['59', golden!],
  ['72', finer!],
])('slic keeps to the regions of the photo better than scikit-image’s with %s segments', (_, theirs) => {
  expect(boundaryRecall(ours, truth!)).toBeGreaterThan(boundaryRecall(theirs, truth!));
  expect(underSegmentation(ours, truth!)).toBeLessThan(underSegmentation(theirs, truth!));
});

/** The share of pixels where a segment spills over a region's edge: the smaller part of each segment that is cut. */
function underSegmentation(labels: ArrayLike<number>, regions: ArrayLike<number>): number {
  const sizes = new Map<number, number>();
  const parts = new Map<number, number>();
  for (let at = 0; at < labels.length; at++) {
    const part = 1000 * labels[at]! + regions[at]!;
    sizes.set(labels[at]!, (sizes.get(labels[at]!) ?? 0) + 1);
    parts.set(part, (parts.get(part) ?? 0) + 1);
  }
  const spilt = [...parts].map(([part, size]) => Math.min(size, sizes.get(Math.floor(part / 1000))! - size));
  return spilt.reduce((sum, size) => sum + size, 0) / labels.length;
}

/** The share of the golden boundaries within 2 pixels of one of ours. */
function boundaryRecall(ours: ArrayLike<number>, golden: ArrayLike<number>): number {
  const edges = (labels: ArrayLike<number>) =>
    Array.from({ length: SIDE * SIDE }, (_, at) => {
      const isRight = at % SIDE < SIDE - 1 && labels[at] !== labels[at + 1];
      return isRight || (at + SIDE < SIDE * SIDE && labels[at] !== labels[at + SIDE]);
    });
  const near = edges(ours);
  const isFound = (at: number) => {
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) if (near[at + dy * SIDE + dx]) return true;
    }
    return false;
  };
  const wanted = edges(golden).flatMap((isEdge, at) => (isEdge ? [at] : []));
  return wanted.filter(isFound).length / wanted.length;
}
