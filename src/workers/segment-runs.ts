/** Stretches of pixels that lie in one segment, one behind the other. */
export interface SegmentRuns {
  /** Where each begins; the last number is the number of pixels. */
  readonly starts: Int32Array;
  readonly segments: Int32Array;
}

/** In the order in which a picture is stored. */
export function segmentRuns(segments: Int32Array): SegmentRuns {
  const starts: number[] = [];
  for (let pixel = 0; pixel < segments.length; pixel++) {
    if (pixel === 0 || segments[pixel] !== segments[pixel - 1]) starts.push(pixel);
  }
  return {
    starts: Int32Array.from([...starts, segments.length]),
    segments: Int32Array.from(starts, (start) => segments[start]!),
  };
}
