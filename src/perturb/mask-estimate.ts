/** RISE's estimate: maps in full, their error bars and the doubt of their ranking from fewer pixels. */
import type { DrawnGrid } from '../core/grid-mask.ts';
import { onInput } from '../core/sample.ts';
import { type MaskMeanOptions, maskMeans, maskSpreads } from './mask-means.ts';
import type { Lines, MaskSize } from './mask-sums.ts';
import { doubt, standardErrors } from './spread.ts';
import type { Estimate } from './stages.ts';

/** Error bars are worked out at every fourth pixel, a sixth of the work, and are 6 % off in between at most; they are only known to 16 %. */
const FEW = 4;

/** @param scores [targets][masks] */
export function maskEstimate<Found>(
  grids: readonly DrawnGrid[],
  scores: readonly Float64Array[],
  mean: Omit<MaskMeanOptions, 'lines'>,
  found: (map: Float64Array, standardError: Float32Array | undefined, remarks: readonly string[]) => Found,
): Estimate<Found[]> {
  function* at(lines: Lines) {
    const maps = yield* maskMeans(grids, scores, { ...mean, lines });
    return { maps, spreads: yield* maskSpreads(grids, scores, maps, { ...mean, lines }) };
  }
  return {
    *doubt() {
      const { maps, spreads } = yield* at(centres(mean.size));
      return Math.max(...maps.map((map, target) => doubt(map, spreads[target]!)));
    },
    *result(remarks) {
      const { spreads } = yield* at(everyFew(mean.size));
      const maps = yield* maskMeans(grids, scores, mean);
      return maps.map((map, target) => {
        const errors = standardErrors(spreads[target]!.map(fromMean));
        return found(map, errors && onAllPixels(errors, mean.size), remarks);
      });
    },
  };
}

/** The pixels at the centres of as many cells as a mask has, whose ranking is looked at. */
function centres({ cells, height, width }: MaskSize): Lines {
  const along = (side: number) => Array.from({ length: cells }, (_, cell) => Math.floor(((cell + 0.5) * side) / cells));
  return { rows: along(height), columns: along(width) };
}

/** What counts in a map is how far it is from its mean; that is also what errors are given of. */
const fromMean = (values: Float64Array): Float64Array => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
};

const everyFew = ({ height, width }: MaskSize): Lines => {
  const along = (side: number) => Array.from({ length: Math.ceil(side / FEW) }, (_, at) => FEW * at);
  return { rows: along(height), columns: along(width) };
};

/** What is known at every fourth pixel, at all of them [height · width]. */
function onAllPixels(data: Float32Array, { height, width }: MaskSize): Float32Array {
  const lattice = { originY: 0, originX: 0, stepY: FEW, stepX: FEW };
  const known = { data, height: Math.ceil(height / FEW), width: Math.ceil(width / FEW), lattice };
  return onInput(known, [height, width]);
}
