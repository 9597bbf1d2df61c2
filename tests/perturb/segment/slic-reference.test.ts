/** Against scikit-image's slic, whose labels tests/golden/slic/chelsea.py makes. */
import { existsSync } from 'node:fs';
import sharp, { type Region } from 'sharp';
import { describe, expect, test } from 'vitest';
import { grid } from '../../../dist/src/perturb/segment/grid.js';
import { slic } from '../../../dist/src/perturb/segment/slic.js';
import { readNpy } from '../../npy.ts';
import { adjustedRand, boundaryRecall, underSegmentation } from './agreement.ts';

const root = new URL('../../../', import.meta.url);
const shared = new URL('../shared/', root);
const here = existsSync(shared);
const skipped = here ? '' : ': skipped, ../shared is missing';
const asked = { segments: 60, compactness: 10, sigma: 1 };

async function photoOf(path: URL, part?: Region) {
  const image = sharp(path.pathname).removeAlpha();
  const { data, info } = await (part ? image.extract(part) : image).raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** Labels from the first channel of a picture. */
async function labelsOf(path: URL) {
  const { data, info } = await sharp(path.pathname).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { labels: data, width: info.width };
}

const goldenOf = (name: string) => labelsOf(new URL(`tests/golden/slic/${name}.png`, root));

describe('a part of the example photo', async () => {
  const photo = await photoOf(new URL('examples/chelsea.png', root), { left: 113, top: 38, width: 224, height: 224 });
  const [theirs, finer, truth] = await Promise.all(['chelsea', 'finer', 'truth'].map(goldenOf));
  const { width } = photo;
  const ours = { labels: slic(photo, asked), width };

  test('is cut as scikit-image does', () => {
    const even = { labels: grid(photo, 60), width };
    expect(adjustedRand(ours.labels, theirs!.labels)).toBeGreaterThan(0.8);
    expect(adjustedRand(even.labels, theirs!.labels)).toBeLessThan(0.6);
    expect(boundaryRecall(ours, theirs!)).toBeGreaterThan(2 * boundaryRecall(even, theirs!));
  });

  test('along its regions better than there, and with less spilt over them than by more segments of theirs', () => {
    expect(boundaryRecall(ours, truth!)).toBeGreaterThan(boundaryRecall(theirs!, truth!));
    expect(underSegmentation(ours, truth!)).toBeLessThan(underSegmentation(finer!, truth!));
  });
});

test.skipIf(!here)(`lime’s SLIC segments are ours${skipped}`, async () => {
  const reference = new URL('reference/squeezenet1_1-cat-dog/', shared);
  const labels = slic(await photoOf(new URL('image.png', reference)), asked);
  expect(adjustedRand(labels, readNpy(new URL('lime-segments.npy', reference)).data)).toBeGreaterThan(0.8);
});

test.skipIf(!here).each(['dog', 'bird'])(
  `keeps to the outline of the %s better than scikit-image’s${skipped}`,
  async (name) => {
    const photo = await photoOf(new URL(`data/photos/${name}_segmentation.png`, shared));
    const outline = await labelsOf(new URL(`data/photos/${name}_segmentation_mask.png`, shared));
    const ours = { labels: slic(photo, asked), width: photo.width };
    const theirs = await goldenOf(name);
    expect(boundaryRecall(ours, outline)).toBeGreaterThan(boundaryRecall(theirs, outline));
    expect(underSegmentation(ours, outline)).toBeLessThan(underSegmentation(theirs, outline));
  },
);
