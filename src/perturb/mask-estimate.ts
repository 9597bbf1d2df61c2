/** RISE's estimate: maps in full, their error bars and the doubt of their ranking from fewer pixels. */
import type { DrawnGrid } from '../core/grid-mask.ts';
import { onInput } from '../core/sample.ts';
import { maskMeans, maskSpreads } from './mask-means.ts';
import { type MaskPlaces, type MaskSize, maskPlaces } from './mask-sums.ts';
import { doubt, standardErrors } from './spread.ts';
import type { Estimate } from './stages.ts';

/** Error bars are worked out at every fourth pixel, a sixth of the work, and are 6 % off in between at most; they are only known to 16 %. */
const FEW = 4;

/** @param scores [targets][masks] */
export function maskEstimate<Found>(
  grids: readonly DrawnGrid[],
  scores: readonly Float64Array[],
  { size, divisor }: { readonly size: MaskSize; readonly divisor: number | undefined },
  found: (map: Float64Array, standardError: Float32Array | undefined, remarks: readonly string[]) => Found,
): Estimate<Found[]> {
  function* at(places: MaskPlaces) {
    const maps = yield* maskMeans(grids, scores, { places, divisor });
    return { maps, spreads: yield* maskSpreads(grids, scores, maps, { places, divisor }) };
  }
  return {
    *doubt() {
      const { maps, spreads } = yield* at(centres(size));
      return Math.max(...maps.map((map, target) => doubt(map, spreads[target]!)));
    },
    *result(remarks) {
      const { spreads } = yield* at(everyFew(size));
      const maps = yield* maskMeans(grids, scores, { places: maskPlaces(size), divisor });
      return maps.map((map, target) => {
        const errors = standardErrors(spreads[target]!.map(fromMean));
        return found(map, errors && onAllPixels(errors, size), remarks);
      });
    },
  };
}

/** The pixels at the centres of as many cells as a mask has, whose ranking is looked at. */
function centres(size: MaskSize): MaskPlaces {
  const { cells, height, width } = size;
  const along = (side: number) => Array.from({ length: cells }, (_, cell) => Math.floor(((cell + 0.5) * side) / cells));
  return maskPlaces(size, { rows: along(height), columns: along(width) });
}

/** What counts in a map is how far it is from its mean; that is also what errors are given of. */
const fromMean = (values: Float64Array): Float64Array => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
};

const everyFew = (size: MaskSize): MaskPlaces => {
  const along = (side: number) => Array.from({ length: Math.ceil(side / FEW) }, (_, at) => FEW * at);
  return maskPlaces(size, { rows: along(size.height), columns: along(size.width) });
};

/** What is known at every fourth pixel, at all of them [height · width]. */
function onAllPixels(data: Float32Array, { height, width }: MaskSize): Float32Array {
  const lattice = { originY: 0, originX: 0, stepY: FEW, stepX: FEW };
  const known = { data, height: Math.ceil(height / FEW), width: Math.ceil(width / FEW), lattice };
  return onInput(known, [height, width]);
}
