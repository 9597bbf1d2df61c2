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
  for (let y = 0; y < height; y++) blurLine(plane, rows, y * width, 1, width, kernel);
  for (let x = 0; x < width; x++) blurLine(rows, both, x, width, height, kernel);
  return both;
}

function blurLine(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  length: number,
  kernel: Float64Array,
): void {
  const radius = (kernel.length - 1) / 2;
  for (let at = 0; at < length; at++) {
    let total = 0;
    let weight = 0;
    for (let i = Math.max(0, at - radius); i <= Math.min(length - 1, at + radius); i++) {
      total += kernel[i - at + radius]! * from[start + i * step]!;
      weight += kernel[i - at + radius]!;
    }
    to[start + at * step] = total / weight;
  }
}
