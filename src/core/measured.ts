/** What a metric says of one attribution. */
export interface Measured {
  /** Null where the metric is not defined for the map, as a constant one has no ranking. */
  readonly value: number | null;
  /** Why there is no value. */
  readonly reason?: string;
  /** The same metric of random attributions of the same picture and class, on average: what no knowledge at all gets. */
  readonly random: number | null;
  /** What to know before trusting the attribution, in a sentence. */
  readonly warning?: string;
  /** How far the random attributions' values lie apart: their standard deviation. */
  readonly spread?: number;
  /** The same metric of a map that is strongest in the centre of the picture, where most photos have their object. */
  readonly centre?: number;
  /** Whether the better explanation has the larger value. */
  readonly better: 'higher' | 'lower';
  /** The scores that an area was taken under: `score[i]` where `share[i]` (0 to 1) of the pixels were changed. */
  readonly curve?: Curve;
  /** Of metrics that are no area: what the value is a mean of, by what it is, over the share of the pixels, or of the layers. */
  readonly curves?: { readonly [name: string]: Curve };
  /** What each point of the curves is, in words. */
  readonly points?: readonly string[];
}

export interface Curve {
  readonly share: readonly number[];
  readonly score: readonly number[];
}
