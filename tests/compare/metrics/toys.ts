/** Models whose figures are known in closed form, and attributions made by hand. */
import { type Attribution, type Classifier, fromFunction } from '../../../dist/src/index.js';

export const SIDE = 16;
export const PIXELS = SIDE * SIDE;

/** Numbers from 0 to 1 that look random and are not. */
export const scattered = (at: number): number => (at * 0.618033988749895 + 0.3) % 1;

export const picture = Float32Array.from({ length: PIXELS }, (_, at) => 0.5 + scattered(3 * at + 1));
export const image = { tensor: { data: picture, shape: [1, 1, SIDE, SIDE] } };
export const WEIGHTS = Float32Array.from({ length: PIXELS }, (_, at) => (0.8 * scattered(7 * at)) / PIXELS);
/** What each pixel adds to the first class's probability. */
export const shares = WEIGHTS.map((weight, at) => weight * picture[at]!);
export const BIAS = 0.05;

/** The first class's probability is BIAS + w · x; the second's is what is left of 1. */
export const linear: Classifier = fromFunction(
  async ({ data, shape: [count = 0] }) =>
    Array.from({ length: count }, (_, row) => {
      const p = WEIGHTS.reduce((sum, weight, at) => sum + weight * data[row * PIXELS + at]!, BIAS);
      return [p, 1 - p];
    }),
  { size: SIDE, channels: 1, output: 'probability', labels: ['ant', 'bee'] },
);

export const WHOLE: number = shares.reduce((sum, share) => sum + share, BIAS);

/** An attribution [H, W] of the picture as it would be for the linear model. */
export const handMade = (map: ArrayLike<number>, changes: Partial<Attribution> = {}): Attribution => ({
  method: 'by-hand',
  data: Float32Array.from(map),
  shape: [SIDE, SIDE],
  target: { index: 0, label: 'ant', probability: WHOLE },
  scoreKind: 'probability',
  score: WHOLE,
  options: {},
  forwardPasses: 0,
  backwardPasses: 0,
  seconds: 0,
  view: { width: SIDE, height: SIDE, crop: [0, 0, SIDE, SIDE] },
  inputSize: [SIDE, SIDE],
  lattice: { originY: 0, originX: 0, stepY: 1, stepX: 1 },
  fold: 'sum',
  unit: 'probability',
  ...changes,
});

export const negative = (map: Float32Array): Float32Array => map.map((value) => -value);
