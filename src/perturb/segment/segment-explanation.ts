import type { Attribution } from '../../core/attribution.ts';
import type { MaskOptions, PixelMask, SegmentMask } from './segment-mask.ts';

/** A number for each segment: `data` is [segments], in units of the score. */
export interface SegmentExplanation extends Attribution {
  /** The segment of each pixel of the model's input [H · W]. */
  readonly segments: Int32Array;
  /** The label that each segment had in a label map of the user's. */
  readonly segmentLabels: Int32Array;
  /** What the linear model says of the picture with every segment off. */
  readonly intercept: number;
  readonly samplesUsed: number;
  /** The strongest segments, as a mask in photo pixels. */
  mask(options?: MaskOptions): SegmentMask;
  /** Where segments end: 1 in photo pixels. */
  boundaries(): PixelMask;
}
