/** The resampling filters of Pillow: a weight for each distance, and the distance beyond which it is zero. */
export interface Filter {
  readonly support: number;
  weight(distance: number): number;
}

export type Resample = 'nearest' | 'lanczos' | 'bilinear' | 'bicubic' | 'box' | 'hamming';

/** In the order of Pillow's numbers, which `preprocessor_config.json` uses. */
export const RESAMPLES: readonly Resample[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

export const FILTERS: { readonly [name in Exclude<Resample, 'nearest'>]: Filter } = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: hamming },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys' cubic convolution with a = −½. https://doi.org/10.1109/TASSP.1981.1163711 */
function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

function hamming(x: number): number {
  const d = Math.abs(x);
  if (d === 0) return 1;
  return d < 1 ? (Math.sin(Math.PI * d) / (Math.PI * d)) * (0.54 + 0.46 * Math.cos(Math.PI * d)) : 0;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
