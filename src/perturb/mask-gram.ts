/** G = Σ wᵢ mᵢ mᵢᵀ of masks of 0 and 1: the bulk of a regression on masks, and independent of the scores. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How many additions are made before other work may go on: a few milliseconds' worth. */
const TURN = 2_000_000;

/** The symmetric G [M · M] of masks [n][M]. */
export function maskGram(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  segments: number,
): Float64Array {
  const gram = new Float64Array(segments ** 2);
  addMasks(gram, masks, weights, 0, masks.length);
  return mirrored(gram);
}

/** The same, leaving the thread free between parts of the work: it is done while the model runs elsewhere. */
export async function maskGramInTurns(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  segments: number,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const gram = new Float64Array(segments ** 2);
  const perTurn = Math.max(1, Math.ceil(TURN / gram.length));
  for (let first = 0; first < masks.length; first += perTurn) {
    await nextTurn();
    signal?.throwIfAborted();
    addMasks(gram, masks, weights, first, Math.min(first + perTurn, masks.length));
  }
  return mirrored(gram);
}

/** Adds w · m mᵀ of the masks from `first` to before `end` to the lower triangle. */
function addMasks(
  gram: Float64Array,
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  first: number,
  end: number,
): void {
  const segments = Math.sqrt(gram.length);
  for (let row = first; row < end; row++) {
    const kept = keptOf(masks[row]!);
    for (let rank = 0; rank < kept.length; rank++) {
      const start = kept[rank]! * segments;
      for (let at = 0; at <= rank; at++) gram[start + kept[at]!]! += weights[row]!;
    }
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
