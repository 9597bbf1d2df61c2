/** A heatmap and a photo to pixels. Every style is a mixture of the photo, its grey and the value's colour. */
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { isWithin } from '../image/project.ts';
import { type ColourScale, placeOf } from './scale.ts';
import type { Appearance, Style } from './style.ts';

/** RGBA pixels, 8 bits. */
export interface Painting {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Paints the values [height, width] of a photo; what the model's crop did not see is dimmed. */
export function paint(photo: Photo, values: Float32Array, view: View, look: Appearance): Painting {
  const { width, height } = photo;
  const mixtures = Array.from({ length: LEVELS + 1 }, (_, level) => mixtureAt(raised(level / LEVELS, look), look));
  const data = new Uint8ClampedArray(width * height * 4);
  const [left, top, cropWidth, cropHeight] = view.crop;
  const isColumnSeen = Array.from({ length: width }, (_, x) => isWithin(x, left, cropWidth));
  for (let y = 0, pixel = 0; y < height; y++) {
    const isRowSeen = isWithin(y, top, cropHeight);
    for (let x = 0; x < width; x++, pixel++) {
      const level = Math.round(placeOf(look.scale, values[pixel]!) * LEVELS);
      mix(data, pixel, photo.data, (isRowSeen && isColumnSeen[x] && mixtures[level]) || UNSEEN);
    }
  }
  return { data, width, height };
}

/** Even, so that 0 in the middle of a signed scale has a level of its own. */
const LEVELS = 512;

/** The shares of the photo and its grey, the colour that is added, and the opacity from 0 to 1. */
interface Mixture {
  readonly photo: number;
  readonly grey: number;
  readonly colour: readonly [number, number, number];
  readonly opacity: number;
}

const NOTHING: Mixture = { photo: 0, grey: 0, colour: [0, 0, 0], opacity: 1 };
const UNSEEN: Mixture = { ...NOTHING, grey: 0.45 };

/** How strong the value at a place of the scale is, both from 0 to 1. */
export function strengthAt(place: number, { sign, low, high }: ColourScale): number {
  if (low === high) return 0;
  return sign === 'all' ? Math.abs(2 * place - 1) : place;
}

/** A place of the scale, from 0 to 1, with its distance from the value 0 raised to the power. */
export function raised(place: number, { power, scale }: Pick<Appearance, 'power' | 'scale'>): number {
  if (power === 1) return place;
  if (scale.sign !== 'all') return place ** power;
  return 0.5 + Math.sign(place - 0.5) * 0.5 * Math.abs(2 * place - 1) ** power;
}

/** What stands at a place of the scale, from 0 to 1. */
function mixtureAt(place: number, { style, alpha, colours, scale }: Appearance): Mixture {
  const isSigned = scale.sign === 'all';
  const strength = strengthAt(place, scale);
  const at = Math.round(place * 255) * 3;
  const colour = (share: number) =>
    [0, 1, 2].map((channel) => share * colours[at + channel]!) as [number, number, number];
  const styles: { readonly [name in Style]: () => Mixture } = {
    overlay: () =>
      isSigned
        ? overGrey(colour, alpha * visibility(strength))
        : { ...NOTHING, photo: 1 - alpha, colour: colour(alpha) },
    heatmap: () => ({ ...NOTHING, colour: colour(1) }),
    photo: () => ({ ...NOTHING, photo: 1 }),
    masked: () => ({ ...NOTHING, photo: strength }),
    alpha: () => ({ ...NOTHING, photo: 1, opacity: strength }),
  };
  return styles[style]();
}

/** 0 at 0 and 1 at 1, rising fast at first so that weak values are seen, but not so fast that noise around 0 is. */
const visibility = (strength: number) => (strength * (1 + HALF_VISIBLE)) / (strength + HALF_VISIBLE);
const HALF_VISIBLE = 0.2;

/** Over a photo that is mostly grey, so that red and blue can only come from the heatmap. */
function overGrey(colour: (share: number) => [number, number, number], opacity: number): Mixture {
  return { photo: 0.25 * (1 - opacity), grey: 0.75 * (1 - opacity), colour: colour(opacity), opacity: 1 };
}

function mix(
  out: Uint8ClampedArray,
  pixel: number,
  photo: Uint8Array,
  { photo: share, grey, colour, opacity }: Mixture,
): void {
  const from = pixel * 3;
  const to = pixel * 4;
  const luma = grey * (0.299 * photo[from]! + 0.587 * photo[from + 1]! + 0.114 * photo[from + 2]!);
  out[to] = share * photo[from]! + luma + colour[0];
  out[to + 1] = share * photo[from + 1]! + luma + colour[1];
  out[to + 2] = share * photo[from + 2]! + luma + colour[2];
  out[to + 3] = 255 * opacity;
}
