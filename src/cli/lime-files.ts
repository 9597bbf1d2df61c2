/** What methods on segments leave: cut-outs, the superpixels' boundaries, and LIME's sampled pictures. */
import { extname, join } from 'node:path';
import type { MethodOptions } from '../compare/methods.ts';
import type { Attribution } from '../core/attribution.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { givenFile } from '../core/given-file.ts';
import { decodeNpy } from '../core/npy.ts';
import type { Photo } from '../core/predictor.ts';
import type { LimeExplanation } from '../perturb/lime.ts';
import type { SegmentExplanation } from '../perturb/segment/segment-explanation.ts';
import type { MaskOptions } from '../perturb/segment/segment-mask.ts';
import { SEGMENTATIONS } from '../perturb/segment/segmentation.ts';
import { boundaries } from '../render/boundaries.ts';
import { cutout } from '../render/cutout.ts';
import { png } from '../render/png.ts';
import { writtenPath } from './document.ts';
import { type Given, numberOption, textOption } from './options.ts';
import { writeWhole } from './output.ts';
import { filePath, type Named, type Place } from './pictures.ts';

const CUTOUT_OPTIONS = ['maskFeatures', 'positiveOnly', 'negativeOnly', 'hideRest', 'minWeight'];

/** `--segmentation FILE.npy` as a label map; a name passes as it is. */
export async function segmentationOption(given: Given): Promise<Pick<MethodOptions, 'segmentation'>> {
  const text = textOption(given, 'segmentation');
  if (text === undefined || SEGMENTATIONS.some((name) => name === text)) return {};
  if (extname(text).toLowerCase() !== '.npy') {
    throw expected(
      'ERR_OPTION',
      '--segmentation',
      `${SEGMENTATIONS.join(', ')}, or a label map in a .npy file`,
      `'${text}'`,
    );
  }
  const bytes = await givenFile(text, 'ERR_OPTION', `--segmentation ${text}`, 'a .npy file');
  return { segmentation: decodeNpy(bytes, text) };
}

/** Writes what the options ask for; nothing for methods without segments. Returns what goes into the JSON. */
export async function writeLimeFiles(item: Named, photo: Photo, place: Place, given: Given): Promise<object> {
  const { attribution } = item;
  if (!hasSegments(attribution)) return {};
  const files: Record<string, unknown> = {};
  if (CUTOUT_OPTIONS.some((name) => given[name] !== undefined && given[name] !== false)) {
    const path = filePath(place, item, 'cutout.png');
    await writeWhole(path, await png(cutout(photo, attribution.mask(maskOptions(given)))));
    files.cutout = writtenPath(path);
  }
  if (given.saveSegments) {
    const path = join(place.folder, `${place.stem}.${item.column}.boundaries.png`);
    await writeWhole(path, await png(boundaries(attribution, photo)));
    files.boundaries = writtenPath(path);
  }
  const count = sampleCount(given);
  if (count !== undefined && isLime(attribution))
    files.samples = await writeSamples(item.column, attribution, count, place);
  return files;
}

const hasSegments = (attribution: Attribution): attribution is SegmentExplanation => attribution.segments !== undefined;
const isLime = (attribution: Attribution): attribution is LimeExplanation => attribution.method === 'lime';

/** How many sampled pictures are asked for. @throws `ERR_OPTION` */
export function sampleCount(given: Given): number | undefined {
  const count = numberOption(given, 'saveSamples');
  return count === undefined ? undefined : checkInteger(count, '--save-samples', 1);
}

/** What the options say about the cut-out. @throws `ERR_OPTION` */
export function maskOptions(given: Given): MaskOptions {
  const [positiveOnly, negativeOnly] = [given.positiveOnly === true, given.negativeOnly === true];
  if (positiveOnly && negativeOnly) {
    throw expected('ERR_OPTION', '--positive-only and --negative-only', 'at most one of the two', 'both');
  }
  const [top, minWeight] = [numberOption(given, 'maskFeatures'), numberOption(given, 'minWeight')];
  return {
    top: top === undefined ? undefined : checkInteger(top, '--mask-features', 1),
    positiveOnly,
    negativeOnly,
    hideRest: given.hideRest === true,
    minWeight: minWeight === undefined ? undefined : checkNumber(minWeight, '--min-weight', 0),
  };
}

/** The pictures are the same for all targets; the scores in the JSON are each target's own. */
function writeSamples(column: string, attribution: LimeExplanation, count: number, place: Place): Promise<object[]> {
  return Promise.all(
    attribution.sampled(count).map(async ({ picture, score, weight }, at) => {
      const path = join(place.folder, `${place.stem}.${column}.sample-${String(at).padStart(3, '0')}.png`);
      await writeWhole(path, await png(picture));
      return { picture: writtenPath(path), score, weight };
    }),
  );
}
