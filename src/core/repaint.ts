/**
 * Pictures under one recipe after the other in the same place: of windows and segments only what differs from the one before is
 * written, and soft masks are never made at full size.
 */
import { cellMasks } from './cell-masks.ts';
import { maskPainter } from './mask-painter.ts';
import { applyRecipe, copyWindow, type Recipe, type Scene } from './recipe.ts';

/** Writes the picture under `recipe` [C, H, W] to `out`, which holds that under `before`, if any. */
export function repainter(scene: Scene): (recipe: Recipe, out: Float32Array, before: Recipe | undefined) => void {
  let runs: SegmentRuns | undefined;
  const maskOf = cellMasks(scene);
  let paintBehind: ReturnType<typeof maskPainter> | undefined;
  return (recipe, out, before) => {
    const mask = maskOf(recipe);
    if (recipe.kind === 'window' && before?.kind === 'window') {
      copyWindow(scene.picture, before, out);
      copyWindow(scene.baseline, recipe, out);
    } else if (recipe.kind === 'segments' && before?.kind === 'segments') {
      runs ??= segmentRuns(scene.segments!);
      switchSegments(scene, out, runs, recipe.keep, before.keep);
    } else if (mask) {
      paintBehind ??= maskPainter(scene);
      paintBehind(mask, out);
    } else {
      applyRecipe(scene, recipe, out);
    }
  };
}

/** Stretches of pixels that lie in one segment, in the order in which a picture is stored. */
interface SegmentRuns {
  /** Where each begins; the last number is the number of pixels. */
  readonly starts: Int32Array;
  readonly segments: Int32Array;
}

function segmentRuns(segments: Int32Array): SegmentRuns {
  const starts: number[] = [];
  for (let pixel = 0; pixel < segments.length; pixel++) {
    if (pixel === 0 || segments[pixel] !== segments[pixel - 1]) starts.push(pixel);
  }
  return {
    starts: Int32Array.from([...starts, segments.length]),
    segments: Int32Array.from(starts, (start) => segments[start]!),
  };
}

/** Brings the segments that are switched on or off to the state of `keep`. */
function switchSegments(
  { picture, baseline }: Scene,
  out: Float32Array,
  { starts, segments }: SegmentRuns,
  keep: Uint8Array,
  before: Uint8Array,
): void {
  const [runs, length] = [segments.length, out.length];
  const plane = starts[runs]!;
  for (let run = 0; run < runs; run++) {
    const segment = segments[run]!;
    const isKept = keep[segment] !== 0;
    if (isKept === (before[segment] !== 0)) continue;
    const from = isKept ? picture.data : baseline.data;
    for (let first = 0; first < length; first += plane) {
      const end = first + starts[run + 1]!;
      for (let at = first + starts[run]!; at < end; at++) out[at] = from[at]!;
    }
  }
}
