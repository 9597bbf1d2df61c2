/** Against scikit-image's slic on a part of the example photo, made by tests/golden/slic/chelsea.py. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { grid } from '../../../dist/src/perturb/segment/grid.js';
import { slic } from '../../../dist/src/perturb/segment/slic.js';
import { adjustedRand } from './agreement.ts';

const SIDE = 224;
const file = (path: string) => new URL(`../../../${path}`, import.meta.url).pathname;

test('slic agrees with scikit-image far better than a grid does', async () => {
  const part = { left: 113, top: 38, width: SIDE, height: SIDE };
  const data = await sharp(file('examples/chelsea.png')).extract(part).removeAlpha().raw().toBuffer();
  const golden = await sharp(file('tests/golden/slic/chelsea.png')).extractChannel(0).raw().toBuffer();
  const photo = { data: new Uint8Array(data), width: SIDE, height: SIDE };
  const ours = slic(photo, { segments: 60, compactness: 10, sigma: 1 });
  const even = grid(photo, 60);
  expect(adjustedRand(ours, golden)).toBeGreaterThan(adjustedRand(even, golden) + 0.15);
  expect(boundaryRecall(ours, golden)).toBeGreaterThan(2 * boundaryRecall(even, golden));
});

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
