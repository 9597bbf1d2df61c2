/** What is kept of an attribution's values so that they can be known again, and compared where they are others. */
import { createHash } from 'node:crypto';
import { type Attribution, spatialMap } from '../core/attribution.ts';
import { bytesOfFloats, floatsOfBytes } from '../core/float-bytes.ts';

export interface Fingerprint {
  /** Of the values, float32 in C order and little endian, in hexadecimal: of what `--raw` writes behind the header. */
  readonly sha256: string;
  /**
   * The values in short, as little-endian float32 in base64: those of segments, or of the map [h, w] the means over at most
   * 16 × 16 blocks of cells.
   */
  readonly means: string;
}

const MOST_BLOCKS = 16;

export const fingerprintOf = (attribution: Attribution): Fingerprint => ({
  sha256: hashOf(attribution.data),
  means: bytesOfFloats(attribution.segments ? attribution.data : blockMeans(attribution)).toString('base64'),
});

/** The SHA-256 of numbers as little-endian float32. */
export const hashOf = (values: Float32Array): string =>
  createHash('sha256').update(bytesOfFloats(values)).digest('hex');

/** The means that a fingerprint holds. */
export const keptMeans = ({ means }: Fingerprint): Float32Array => floatsOfBytes(Buffer.from(means, 'base64'));

/** The largest difference of two arrays of one length, as a share of the largest value of the first one. */
export function largestDifference(first: Float32Array, second: Float32Array): number {
  let [difference, largest] = [0, 0];
  first.forEach((value, at) => {
    difference = Math.max(difference, Math.abs(value - second[at]!));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference === 0 ? 0 : difference / largest;
}

function blockMeans(attribution: Attribution): Float32Array {
  const { data, height, width } = spatialMap(attribution);
  const [rows, columns] = [Math.min(height, MOST_BLOCKS), Math.min(width, MOST_BLOCKS)];
  const sums = new Float64Array(rows * columns);
  const counts = new Uint32Array(rows * columns);
  data.forEach((value, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    const block = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
    sums[block]! += value;
    counts[block]! += 1;
  });
  return Float32Array.from(sums, (sum, block) => sum / counts[block]!);
}
