/** Which pixels belong together: superpixels, a grid, or the user's own label map. */
import type { Json } from '../../core/attribution.ts';
import { checkChoice, checkInteger } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import type { Photo } from '../../core/predictor.ts';
import type { View } from '../../core/view.ts';
import { labelsOnInput } from '../../image/project.ts';
import type { Pieces } from '../in-turns.ts';
import { grid } from './grid.ts';
import { type QuickshiftOptions, quickshiftInPieces } from './quickshift.ts';
import { relabel, type Segments } from './relabel.ts';
import { type SlicOptions, slicInPieces } from './slic.ts';

/** A label for each pixel of the model's input, or of the photo, [H, W]; any whole numbers. */
export interface LabelMap {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** The ways to segment a picture that need no label map. */
export const SEGMENTATIONS = ['slic', 'quickshift', 'grid'] as const;

export interface SegmentationOptions extends SlicOptions, QuickshiftOptions {
  /** Default: `slic`. `compactness` and `sigma` are for it alone, `kernelSize`, `maxDist` and `ratio` for `quickshift`. */
  readonly segmentation?: (typeof SEGMENTATIONS)[number] | LabelMap | undefined;
}

/** Regressions on this many segments are solved within a second or two. */
const MOST_SEGMENTS = 1024;

/**
 * The segments of a picture, numbered without gaps, found in pieces. A label map of the photo's size is taken at the pixels that the model sees.
 * @param picture what the model sees
 * @throws `ERR_OPTION` where an option is out of range, there are too many segments, or a label map is of another size
 */
export function* segmentation(picture: Photo, view: View, options: SegmentationOptions): Pieces<Segments> {
  const { segmentation: choice = 'slic' } = options;
  const labels = typeof choice === 'object' ? labelsOf(choice, picture, view) : yield* superpixels(picture, options);
  const found = relabel(labels);
  const count = found.originals.length;
  if (count <= MOST_SEGMENTS) return found;
  throw expected('ERR_OPTION', 'segmentation', `at most ${MOST_SEGMENTS} segments`, count, 'Ask for larger ones.');
}

function* superpixels(picture: Photo, options: SegmentationOptions): Pieces<Int32Array> {
  const choice = checkChoice(String(options.segmentation ?? 'slic'), 'segmentation', SEGMENTATIONS);
  if (choice === 'quickshift') return yield* quickshiftInPieces(picture, options);
  const segments = checkInteger(options.segments ?? 60, 'segments', 1, MOST_SEGMENTS);
  return choice === 'grid' ? grid(picture, segments) : yield* slicInPieces(picture, { ...options, segments });
}

/** The segmentation as it is written beside the result. */
export function describeSegmentation(options: SegmentationOptions): { readonly [name: string]: Json } {
  const { segmentation: choice = 'slic', segments = 60, compactness = 10, sigma = 1 } = options;
  const { kernelSize = 4, maxDist = 200, ratio = 0.2 } = options;
  if (typeof choice === 'object') return { segmentation: 'label map' };
  if (choice === 'quickshift') return { segmentation: choice, kernelSize, maxDist, ratio };
  return choice === 'grid'
    ? { segmentation: choice, segments }
    : { segmentation: choice, segments, compactness, sigma };
}

function labelsOf({ data, shape }: LabelMap, { height, width }: Photo, view: View): ArrayLike<number> {
  const isOf = (one: number, other: number) =>
    shape.length === 2 && shape[0] === one && shape[1] === other && data.length === one * other;
  if (!isOf(height, width) && !isOf(view.height, view.width)) {
    const wanted = `a label map [${height}, ${width}], the model's input, or [${view.height}, ${view.width}], the photo`;
    throw expected('ERR_OPTION', 'segmentation', wanted, `[${shape.join(', ')}] of ${data.length} labels`);
  }
  const wrong = Array.from(data).find((label) => !Number.isInteger(label));
  if (wrong !== undefined) throw expected('ERR_OPTION', 'segmentation', 'whole numbers as labels', wrong);
  return isOf(height, width) ? data : labelsOnInput(data, [height, width], view);
}
