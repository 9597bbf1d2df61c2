/** Classifiers in plain JavaScript whose explanations are known in closed form. */
import { type FunctionOptions, fromFunction } from '../../dist/src/perturb/from-function.js';

export const tensorOf = (shape: readonly number[], entry: (at: number) => number) => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => entry(at)),
  shape,
});

/** Numbers that look random and are not: irrational steps, folded to [−1, 1]. */
export const scattered = (at: number) => 2 * ((at * 0.618033988749895 + 0.3) % 1) - 1;

/** The class scores w_c · x + b_c. */
export function linearModel(weights: readonly Float32Array[], bias: readonly number[], options: FunctionOptions) {
  return fromFunction(async ({ data, shape: [count = 0] }) => {
    const length = data.length / count;
    return Array.from({ length: count }, (_, row) =>
      weights.map((w, c) => w.reduce((sum, value, at) => sum + value * data[row * length + at]!, bias[c]!)),
    );
  }, options);
}

export const constantModel = (options: FunctionOptions) =>
  fromFunction(async ({ shape: [count = 0] }) => Array.from({ length: count }, () => [0.3, 0.7]), options);
