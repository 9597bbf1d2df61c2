/**
 * Separable Gaussian blur of one channel: g(i) ∝ exp(−i² / 2σ²) for |i| ≤ radius, along rows, then along columns.
 * At the border the weights that fall outside are left out and the rest scaled to sum to 1, so a constant stays constant.
 */

/** The blurred copy of `plane` [height, width]. */
export function gaussianBlur(
  plane: Float32Array,
  height: number,
  width: number,
  sigma: number,
  radius: number,
): Float32Array {
  const reach = Math.min(radius, Math.max(height, width));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  );
  const rows = new Float32Array(plane.length);
  const both = new Float32Array(plane.length);
  const across = totals(kernel, width);
  for (let first = 0; first < plane.length; first += width) blurRow(plane, rows, first, across, kernel);
  blurColumns(rows, both, width, totals(kernel, height), kernel);
  return both;
}

/** The sum of the weights that fall inside, at each place of a line. */
const totals = (kernel: Float64Array, length: number): Float64Array =>
  Float64Array.from({ length }, (_, at) => {
    const radius = (kernel.length - 1) / 2;
    let total = 0;
    for (let i = Math.max(0, at - radius); i <= Math.min(length - 1, at + radius); i++)
      total += kernel[i - at + radius]!;
    return total;
  });

function blurRow(
  from: Float32Array,
  to: Float32Array,
  first: number,
  weights: Float64Array,
  kernel: Float64Array,
): void {
  const [length, radius] = [weights.length, (kernel.length - 1) / 2];
  for (let at = 0; at < length; at++) {
    const end = Math.min(length - 1, at + radius);
    let total = 0;
    for (let i = Math.max(0, at - radius); i <= end; i++) total += kernel[i - at + radius]! * from[first + i]!;
    to[first + at] = total / weights[at]!;
  }
}

/** Row by row, as memory lies. */
function blurColumns(
  from: Float32Array,
  to: Float32Array,
  width: number,
  weights: Float64Array,
  kernel: Float64Array,
): void {
  const [length, radius] = [weights.length, (kernel.length - 1) / 2];
  const total = new Float64Array(width);
  for (let at = 0; at < length; at++) {
    total.fill(0);
    for (let i = Math.max(0, at - radius); i <= Math.min(length - 1, at + radius); i++) {
      const [weight, row] = [kernel[i - at + radius]!, i * width];
      for (let x = 0; x < width; x++) total[x]! += weight * from[row + x]!;
    }
    for (let x = 0; x < width; x++) to[at * width + x] = total[x]! / weights[at]!;
  }
}
