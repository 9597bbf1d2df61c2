import type { Photo } from '../core/predictor.ts';
import type { SegmentExplanation } from './segment/segment-explanation.ts';

/** LIME's weights: `data` is [segments], in units of the score. */
export interface LimeExplanation extends SegmentExplanation {
  /** How well the weights fit the samples: the weighted R². */
  readonly r2: number;
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
