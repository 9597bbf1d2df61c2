/** A comparison to report: two classes, a method of pixels with a sign, a CAM without, and one of segments. */
import { agreement } from '../../../dist/src/compare/agreement.js';
import type { Attribution } from '../../../dist/src/core/attribution.js';
import type { Target } from '../../../dist/src/core/target.js';
import type { Reported } from '../../../dist/src/index.js';

export const SIDE = 64;
/** Large enough not to be scaled, so that the page's canvas has the photo's pixels. */
export const photoOf = (width = 1000, height = 750) => ({
  data: Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return 60 + Math.round((120 * (at % 3 === 1 ? y / height : x / width)) as number);
  }),
  width,
  height,
});

export const CAT: Target = { index: 0, label: 'tabby, tabby cat', probability: 0.9 };
export const DOG: Target = { index: 1, label: 'boxer', probability: 3e-11 };
/** The model saw the middle of the photo. */
export const VIEW = { width: 1000, height: 750, crop: [125, 0, 750, 750] } as const;

const COMMON = {
  scoreKind: 'logit',
  score: 4.25,
  seed: 0,
  forwardPasses: 17,
  backwardPasses: 0,
  seconds: 0.5,
  view: VIEW,
  inputSize: [SIDE, SIDE],
  fold: 'sum',
} as const;

/** Ones on a square of 16 × 16 pixels of the input and −½ on another, times a strength. */
export function squares(target: Target, strength: number, left = 32, top = 16): Attribution {
  const data = new Float32Array(3 * SIDE * SIDE);
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      data[(top + y) * SIDE + left + x] = strength;
      data[(top + 32 + y) * SIDE + x] = -strength / 2;
    }
  }
  const lattice = { originY: 0, originX: 0, stepY: 1, stepX: 1 };
  const options = { window: { height: 16, width: 16 }, baseline: 0 };
  return { ...COMMON, method: 'occlusion', data, shape: [3, SIDE, SIDE], target, options, lattice, unit: 'logit drop' };
}

/** Of 4 × 4 cells one is 2. */
export function cam(target: Target, cell: number): Attribution {
  const data = new Float32Array(16);
  data[cell] = 2;
  const lattice = { originY: 7.5, originX: 7.5, stepY: 16, stepX: 16 };
  const options = { layer: 'last', relu: true };
  return { ...COMMON, method: 'grad-cam', data, shape: [4, 4], target, options, lattice, unit: 'logit weight' };
}

const HALVES = Int32Array.from({ length: SIDE * SIDE }, (_, at) => (at % SIDE < SIDE / 2 ? 0 : 1));

/** The left half of the input speaks against the class, the right half for it. */
export function halves(target: Target, strength: number): Attribution {
  const data = Float32Array.from([-strength, strength]);
  const lattice = { originY: 0, originX: 0, stepY: 1, stepX: 1 };
  const own = { data, shape: [2], segments: HALVES, lattice, options: { samples: 100 }, unit: 'probability weight' };
  return { ...COMMON, method: 'lime', target, ...own };
}

export const attributions: readonly Attribution[] = [
  squares(CAT, 4),
  squares(DOG, 1, 8, 8),
  cam(CAT, 6),
  cam(DOG, 9),
  halves(CAT, 0.25),
  halves(DOG, -0.125),
];

export const comparisonOf = (all: readonly Attribution[] = attributions): Reported => ({
  predictions: [CAT, DOG],
  attributions: all,
  agreement: agreement(all),
  refused: [],
});
