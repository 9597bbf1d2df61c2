/** G = Σ wᵢ mᵢ mᵢᵀ of masks of 0 and 1: the bulk of a regression on masks, and independent of the scores. */
import type { Pieces } from './in-turns.ts';

/** How many additions make a piece: a millisecond's worth. */
const PIECE = 500_000;

/** The symmetric G [M · M] of masks [n][M]. */
export function* maskGram(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  segments: number,
): Pieces<Float64Array> {
  const gram = new Float64Array(segments ** 2);
  const perPiece = Math.max(1, Math.ceil(PIECE / gram.length));
  for (let row = 0; row < masks.length; row++) {
    if (row % perPiece === 0) yield;
    addMask(gram, masks[row]!, weights[row]!);
  }
  return mirrored(gram);
}

/** Adds w · m mᵀ to the lower triangle. */
function addMask(gram: Float64Array, mask: ArrayLike<number>, weight: number): void {
  const kept = keptOf(mask);
  for (let rank = 0; rank < kept.length; rank++) {
    const start = kept[rank]! * mask.length;
    for (let at = 0; at <= rank; at++) gram[start + kept[at]!]! += weight;
  }
}

/** The segments that a mask keeps. */
export function keptOf(mask: ArrayLike<number>): Int32Array {
  const kept = new Int32Array(mask.length);
  let count = 0;
  for (let segment = 0; segment < mask.length; segment++) if (mask[segment]) kept[count++] = segment;
  return kept.subarray(0, count);
}

function mirrored(gram: Float64Array): Float64Array {
  const side = Math.sqrt(gram.length);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < row; column++) gram[column * side + row] = gram[row * side + column]!;
  }
  return gram;
}
