import type { Attribution } from '../core/attribution.ts';
import type { Photo } from '../core/predictor.ts';
import type { MaskOptions, PixelMask, SegmentMask } from './segment/segment-mask.ts';

/** LIME's weights: `data` is [segments], in units of the score. */
export interface LimeExplanation extends Attribution {
  /** The segment of each pixel of the model's input [H · W]. */
  readonly segments: Int32Array;
  /** The label that each segment had in a label map of the user's. */
  readonly segmentLabels: Int32Array;
  readonly intercept: number;
  /** How well the weights fit the samples: the weighted R². */
  readonly r2: number;
  readonly samplesUsed: number;
  /** The strongest segments, as a mask in photo pixels. */
  mask(options?: MaskOptions): SegmentMask;
  /** Where segments end: 1 in photo pixels. */
  boundaries(): PixelMask;
  /** The first `count` samples. */
  sampled(count: number): LimeSample[];
}

export interface LimeSample {
  /** 1 for each segment that is on [segments]. */
  readonly keep: Uint8Array;
  /** What the model saw. */
  readonly picture: Photo;
  /** The target's score on it: a probability, unless logits are explained. */
  readonly score: number;
  /** How much the sample counts. */
  readonly weight: number;
}
