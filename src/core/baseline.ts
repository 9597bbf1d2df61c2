/**
 * Baselines x′: what stands where a picture is taken away, in the model's input space. Colours are pixels 0–255 and go
 * through the model's normalisation, (pixel − mean) / std per channel.
 */
import { checkInteger } from './check.ts';
import { expected } from './errors.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import type { Prepared } from './predictor.ts';
import { random } from './random.ts';
import { sharedTensor, type Tensor } from './tensor.ts';

/**
 * `0` or any one number: that value in the model's input space · `black`, `white`, `grey` (128) or `R,G,B`: a colour, 0–255 ·
 * `mean`: the picture's mean colour · `blur:K`: the picture under a Gaussian of K × K pixels, K odd, σ = (K − 1) / 2 ·
 * `noise`: pixels drawn uniformly from 0 to 255.
 */
export type BaselineSpec = number | string;

type Fill =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'colour'; readonly pixel: readonly number[] }
  | { readonly kind: 'blur'; readonly radius: number }
  | { readonly kind: 'mean' | 'noise' };

/**
 * The baseline [C, H, W] of a prepared picture, in shared memory; in whole numbers where the model takes no others.
 * @param seed of `noise`
 * @throws `ERR_OPTION` where `spec` names no baseline
 * @example
 * const blurred = baselineOf('blur:11', await model.prepare(image), 0);
 */
export function baselineOf(spec: BaselineSpec, { picture, normalisation, range }: Prepared, seed: number): Tensor {
  const [channels, height, width] = picture.shape as [number, number, number];
  const fill = fillOf(spec, channels);
  if (range && fill.kind === 'value') checkInteger(fill.value, 'baseline', ...range);
  const baseline = sharedTensor(picture.shape);
  const { uniform } = random(seed);
  const plane = height * width;
  for (let channel = 0; channel < channels; channel++) {
    const from = picture.data.subarray(channel * plane, (channel + 1) * plane);
    const to = baseline.data.subarray(channel * plane, (channel + 1) * plane);
    const normalised = (pixel: number) => (pixel - normalisation.mean[channel]!) / normalisation.std[channel]!;
    switch (fill.kind) {
      case 'value':
        to.fill(fill.value);
        break;
      case 'colour':
        to.fill(normalised(fill.pixel[channel]!));
        break;
      case 'mean':
        to.fill(from.reduce((sum, value) => sum + value, 0) / plane);
        break;
      case 'blur':
        to.set(gaussianBlur(from, height, width, fill.radius, fill.radius));
        break;
      case 'noise':
        for (let at = 0; at < plane; at++) to[at] = normalised(255 * uniform());
    }
  }
  if (range) for (const [at, value] of baseline.data.entries()) baseline.data[at] = nearestWhole(value, range);
  return baseline;
}

const nearestWhole = (value: number, [least, most]: readonly [number, number]) =>
  Math.min(Math.max(Math.round(value), least), most);

const GREYS = new Map([
  ['black', 0],
  ['grey', 128],
  ['gray', 128],
  ['white', 255],
]);

function fillOf(spec: BaselineSpec, channels: number): Fill {
  const name = String(spec).trim().toLowerCase();
  const numbers = name.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const grey = GREYS.get(name);
  const kernel = Number(/^blur:(\d+)$/.exec(name)?.[1]);
  if (numbers.length === 1 && Number.isFinite(numbers[0])) return { kind: 'value', value: numbers[0]! };
  if (grey !== undefined) return { kind: 'colour', pixel: new Array<number>(channels).fill(grey) };
  if (numbers.length === channels && numbers.every((pixel) => pixel >= 0 && pixel <= 255)) {
    return { kind: 'colour', pixel: numbers };
  }
  if (kernel >= 3 && kernel % 2 === 1) return { kind: 'blur', radius: (kernel - 1) / 2 };
  if (name === 'mean' || name === 'noise') return { kind: name };
  const wanted = `a number, black, white, grey, mean, noise, blur:K with an odd K of at least 3, or ${channels} colour values from 0 to 255`;
  throw expected('ERR_OPTION', 'baseline', wanted, `'${spec}'`);
}
