/**
 * A photo to a model's input, as torchvision does it on Pillow pictures: resize, crop the centre, (pixel − mean) / std.
 * Only the part that the crop keeps is computed.
 */
import type { Normalisation, Photo, Prepared } from '../core/predictor.ts';
import { sharedTensor, type Tensor } from '../core/tensor.ts';
import type { Resample } from './resample.ts';
import { resizePart } from './resize-part.ts';

/** How a photo becomes a model's input. The mean and standard deviation have one entry for each channel: 3, or 1 for grey. */
export interface Preprocessing extends Normalisation {
  /** The model's input in pixels, cropped from the centre of the resized photo. */
  readonly size: Size;
  readonly resize: Resizing;
  readonly resample: Resample;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Resizing =
  /** The shorter side becomes `length`; the longer one keeps the proportion, rounded down. */
  | { readonly mode: 'shortest-edge'; readonly length: number }
  /** Both sides are set; the proportion may change. */
  | ({ readonly mode: 'exact' } & Size)
  | { readonly mode: 'none' };

/**
 * Prepares a photo for a model.
 *
 * @param photo RGB, 8 bits
 * @param preprocessing sizes, filter, mean and standard deviation (on pixels 0–255)
 * @returns the model's input [C, H, W] in shared memory, and where it lies on the photo
 * @example
 * ```ts
 * const { picture, view } = preprocess(await loadImage('examples/chelsea.png'), IMAGENET);
 * ```
 */
export function preprocess(photo: Photo, preprocessing: Preprocessing): Prepared {
  const { mean, std, size, resample } = preprocessing;
  const resized = resizedSize(photo, preprocessing.resize);
  const [perX, perY] = [photo.width / resized.width, photo.height / resized.height];
  const left = cropStart(resized.width, size.width) * perX;
  const top = cropStart(resized.height, size.height) * perY;
  const crop = [left, top, size.width * perX, size.height * perY] as const;
  const colours = mean.length === 1 ? greyscale(photo) : photo;
  return {
    picture: normalise(resizePart(colours, crop, size.width, size.height, resample), { mean, std }),
    normalisation: { mean, std },
    view: { width: photo.width, height: photo.height, crop },
  };
}

function resizedSize({ width, height }: Size, resizing: Resizing): Size {
  if (resizing.mode === 'none') return { width, height };
  if (resizing.mode === 'exact') return resizing;
  const { length } = resizing;
  return width <= height
    ? { width: length, height: Math.trunc((length * height) / width) }
    : { width: Math.trunc((length * width) / height), height: length };
}

/** [C, H, W] from pixels [H, W, 3]; only the first channel where the mean has one entry. */
function normalise({ data, width, height }: Photo, { mean, std }: Normalisation): Tensor {
  const plane = width * height;
  const picture = sharedTensor([mean.length, height, width]);
  mean.forEach((average, channel) => {
    for (let pixel = 0; pixel < plane; pixel++) {
      picture.data[channel * plane + pixel] = (data[pixel * 3 + channel]! - average) / std[channel]!;
    }
  });
  return picture;
}

/** ITU-R 601 luma in Pillow's fixed point, in all three channels. */
function greyscale({ data, width, height }: Photo): Photo {
  const grey = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    grey.fill((data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16, at, at + 3);
  }
  return { data: grey, width, height };
}

/** Where torchvision's centre crop begins; negative where it pads. */
function cropStart(length: number, size: number): number {
  return length >= size ? roundHalfEven((length - size) / 2) : -Math.floor((size - length) / 2);
}

/** Python's `round`: a half goes to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
