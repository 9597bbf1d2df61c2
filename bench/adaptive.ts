/**
 * What adaptive occlusion saves, and how far it is from all windows: on each of a folder's photos, for the predicted class.
 *
 *     node dist/bench/adaptive.js MODEL PHOTOS WINDOW STRIDE [COUNT]
 *
 * Prints JSON: the windows of the grid, the share of them that ran, and correlations with the map of all windows, over the
 * photos the median and the worst; the same of the first round alone, which is a coarser grid.
 */
import { pearson, ranks } from '../src/compare/similarity.ts';
import type { Attribution } from '../src/core/attribution.ts';
import { loadImage } from '../src/image/load-image.ts';
import { loadModel, type Model } from '../src/model.ts';
import { type OcclusionAttribution, occlusion } from '../src/perturb/occlusion.ts';
import { chosenPhotos } from './chosen-photos.ts';
import { medians } from './medians.ts';

/** As a type, as interfaces are no records. */
type Found = {
  readonly windows: number;
  /** A share of them. */
  readonly run: number;
  readonly pearson: number;
  readonly spearman: number;
};

/** One number for each place: the channels are equal. */
const plane = ({ data, inputSize: [height, width] }: Attribution) => data.subarray(0, height * width);

async function found(model: Model, photo: string, sliding: { readonly window: string; readonly stride: string }) {
  const image = await loadImage(photo);
  const full = await occlusion(model, image, sliding);
  const partials: OcclusionAttribution[] = [];
  const onPartial = (partial: Attribution) => partials.push(partial as OcclusionAttribution);
  const refined = await occlusion(model, image, { ...sliding, adaptive: true, onPartial });
  const against = (map: OcclusionAttribution): Found => ({
    windows: map.windowsOfGrid!,
    run: map.windowsUsed! / map.windowsOfGrid!,
    pearson: pearson(plane(map), plane(full)),
    spearman: pearson(ranks(plane(map)), ranks(plane(full))),
  });
  return { adaptive: against(refined), coarse: against(partials[0] ?? refined) };
}

const summary = (all: readonly Found[]) => ({
  median: medians(all),
  worst: {
    run: Math.max(...all.map(({ run }) => run)),
    pearson: Math.min(...all.map((one) => one.pearson)),
    spearman: Math.min(...all.map(({ spearman }) => spearman)),
  },
});

const [path, photos, window, stride, count = '50'] = process.argv.slice(2);
if (!path || !photos || !window || !stride) {
  throw new Error('usage: node dist/bench/adaptive.js MODEL PHOTOS WINDOW STRIDE [COUNT]');
}
await using model = await loadModel(path);
const all: Awaited<ReturnType<typeof found>>[] = [];
for (const photo of await chosenPhotos(photos, Number(count))) all.push(await found(model, photo, { window, stride }));
const [adaptive, coarse] = [summary(all.map((one) => one.adaptive)), summary(all.map((one) => one.coarse))];
console.log(JSON.stringify({ photos: all.length, window, stride, adaptive, coarse }, null, 2));
