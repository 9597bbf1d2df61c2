import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';

/** Pixels [height, width, channels] in C order, 8 bits each; `channels` is 1 for grey, 3 for RGB, 4 for RGBA. */
export interface RawPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Default: 3. */
  readonly channels?: 1 | 3 | 4;
}

/** Raw pixels as an RGB photo: grey is repeated, alpha is dropped. Throws `ERR_IMAGE` where the sizes do not fit. */
export function rawPhoto({ data, width, height, channels = 3 }: RawPixels): Photo {
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize) throw expected('ERR_IMAGE', 'photo', 'a width and a height of at least 1', `${width} × ${height}`);
  if (![1, 3, 4].includes(channels)) throw expected('ERR_IMAGE', 'photo', '1, 3 or 4 channels', channels);
  if (data.length !== width * height * channels) {
    const wanted = `${width} × ${height} × ${channels} = ${width * height * channels} bytes`;
    throw expected('ERR_IMAGE', 'photo', wanted, data.length);
  }
  if (channels === 3) return { data, width, height };
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[channels === 1 ? from : from + 1]!;
    rgb[to + 2] = data[channels === 1 ? from : from + 2]!;
  }
  return { data: rgb, width, height };
}
