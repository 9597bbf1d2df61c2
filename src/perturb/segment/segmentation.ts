/** Which pixels belong together: superpixels, a grid, or the user's own label map. */
import type { Json } from '../../core/attribution.ts';
import { checkChoice, checkInteger } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import type { Photo } from '../../core/predictor.ts';
import { grid } from './grid.ts';
import { relabel, type Segments } from './relabel.ts';
import { type SlicOptions, slic } from './slic.ts';

/** A label for each pixel of the model's input [H, W]; any whole numbers. */
export interface LabelMap {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** The ways to segment a picture that need no label map. */
export const SEGMENTATIONS = ['slic', 'grid'] as const;

export interface SegmentationOptions extends SlicOptions {
  /** Default: `slic`. `compactness` and `sigma` are for it alone. */
  readonly segmentation?: (typeof SEGMENTATIONS)[number] | LabelMap | undefined;
}

/** LIME solves its normal equations for this many segments within a few seconds. */
const MOST_SEGMENTS = 1024;

/**
 * The segments of a picture, numbered without gaps.
 * @throws `ERR_OPTION` where an option is out of range, or a label map is of another size than the picture
 */
export function segmentation(photo: Photo, options: SegmentationOptions): Segments {
  const { segmentation: choice = 'slic' } = options;
  if (typeof choice === 'object') return relabel(checkedLabels(choice, photo));
  const isGrid = checkChoice(choice, 'segmentation', SEGMENTATIONS) === 'grid';
  const segments = checkInteger(options.segments ?? 60, 'segments', 1, MOST_SEGMENTS);
  return relabel(isGrid ? grid(photo, segments) : slic(photo, { ...options, segments }));
}

/** The segmentation as it is written beside the result. */
export function describeSegmentation(options: SegmentationOptions): { readonly [name: string]: Json } {
  const { segmentation: choice = 'slic', segments = 60, compactness = 10, sigma = 1 } = options;
  if (typeof choice === 'object') return { segmentation: 'label map' };
  return choice === 'grid'
    ? { segmentation: choice, segments }
    : { segmentation: choice, segments, compactness, sigma };
}

function checkedLabels({ data, shape }: LabelMap, { height, width }: Photo): ArrayLike<number> {
  const wanted = `[${height}, ${width}], the model's input`;
  if (shape.length !== 2 || shape[0] !== height || shape[1] !== width || data.length !== height * width) {
    throw expected(
      'ERR_OPTION',
      'segmentation',
      `a label map ${wanted}`,
      `[${shape.join(', ')}] of ${data.length} labels`,
    );
  }
  const labels = Array.from(data);
  const wrong = labels.find((label) => !Number.isInteger(label));
  if (wrong !== undefined) throw expected('ERR_OPTION', 'segmentation', 'whole numbers as labels', wrong);
  const count = new Set(labels).size;
  if (count > MOST_SEGMENTS) throw expected('ERR_OPTION', 'segmentation', `at most ${MOST_SEGMENTS} segments`, count);
  return labels;
}
