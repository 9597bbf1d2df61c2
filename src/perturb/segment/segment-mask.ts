/** Which segments an explanation shows, and where they end, on the photo's own pixels. After lime's get_image_and_mask. */
import { checkInteger, checkNumber } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import type { View } from '../../core/view.ts';
import { projectLabels } from '../../image/project.ts';

export interface MaskOptions {
  /** How many segments at most, by the magnitude of their weights. Default: 5. */
  readonly top?: number | undefined;
  /** Only segments that speak for the target. Default: true, unless `negativeOnly`. */
  readonly positiveOnly?: boolean | undefined;
  /** Only segments that speak against it. Default: false. */
  readonly negativeOnly?: boolean | undefined;
  /** That a cut-out shows nothing but the chosen segments; without it the rest of the photo stays. Default: false. */
  readonly hideRest?: boolean | undefined;
  /** The least magnitude of a weight. Default: 0. */
  readonly minWeight?: number | undefined;
}

/** One number for each pixel of the photo. */
export interface PixelMask {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** 1: chosen, speaks for the target (with `negativeOnly`: against it); 2: chosen among both signs, speaks against; 0: not chosen, or not seen by the model. */
export interface SegmentMask extends PixelMask {
  /** As asked for: whoever draws a cut-out hides what is 0. The mask itself is the same either way. */
  readonly hideRest: boolean;
}

/** A label map on the model's input and where that lies on the photo. */
export interface SegmentsOnPhoto {
  readonly labels: Int32Array;
  readonly inputSize: readonly [height: number, width: number];
  readonly view: View;
}

/** The strongest segments as a mask in photo pixels. */
export function segmentMask(
  weights: ArrayLike<number>,
  { labels, inputSize, view }: SegmentsOnPhoto,
  options: MaskOptions = {},
): SegmentMask {
  const chosen = chosenSegments(weights, options);
  const onPhoto = projectLabels(labels, inputSize, view);
  const data = new Uint8Array(onPhoto.length);
  for (let pixel = 0; pixel < data.length; pixel++) data[pixel] = chosen.get(onPhoto[pixel]!) ?? 0;
  return { data, width: view.width, height: view.height, hideRest: options.hideRest ?? false };
}

/** Segment → its value in the mask. With one sign, `top` counts the segments of that sign; with both, it counts before weak ones go. */
function chosenSegments(weights: ArrayLike<number>, options: MaskOptions): Map<number, number> {
  const { negativeOnly = false, positiveOnly = !negativeOnly } = options;
  const top = checkInteger(options.top ?? 5, 'top', 1);
  const least = checkNumber(options.minWeight ?? 0, 'min-weight', 0);
  if (positiveOnly && negativeOnly) {
    throw expected('ERR_OPTION', 'positive-only and negative-only', 'one of the two at most', 'both');
  }
  const ranked = Array.from(weights, (weight, segment) => ({ segment, weight })).sort(
    (one, other) => Math.abs(other.weight) - Math.abs(one.weight),
  );
  const sign = negativeOnly ? -1 : 1;
  const chosen =
    positiveOnly || negativeOnly
      ? ranked.filter(({ weight }) => sign * weight > least).slice(0, top)
      : ranked.slice(0, top).filter(({ weight }) => Math.abs(weight) >= least);
  return new Map(chosen.map(({ segment, weight }) => [segment, sign * weight < 0 ? 2 : 1]));
}

/** 1 where the neighbour to the right or below belongs to another segment, in photo pixels. */
export function segmentBoundaries({ labels, inputSize, view }: SegmentsOnPhoto): PixelMask {
  const { width, height } = view;
  const onPhoto = projectLabels(labels, inputSize, view);
  const data = new Uint8Array(onPhoto.length);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const isRight = pixel % width < width - 1 && onPhoto[pixel] !== onPhoto[pixel + 1];
    const isBelow = pixel + width < data.length && onPhoto[pixel] !== onPhoto[pixel + width];
    if (isRight || isBelow) data[pixel] = 1;
  }
  return { data, width, height };
}
