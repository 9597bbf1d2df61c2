/** Where the objects of a class are: boxes and masks on the photo, brought to the pixels of the model's input. */
import { expected } from '../../core/errors.ts';
import type { View } from '../../core/view.ts';

/** Where an object is, in photo pixels. */
export type Region = {
  /** The class of the object, by index. Default: every class that is measured. */
  readonly target?: number | undefined;
} & (
  | { /** x, y, width, height. */ readonly box: readonly [number, number, number, number] }
  | { /** [height · width] of the photo; not 0 on the object. */ readonly mask: Uint8Array }
);

/** 1 on an object, else 0 [height · width], in pixels of the model's input. */
export interface ObjectMask {
  readonly inside: Uint8Array;
  readonly height: number;
  readonly width: number;
}

export const OUT_OF_SIGHT = 'no box of the class lies in what the model saw of the photo';

/**
 * The pixels of the input whose centre lies in one of the regions.
 * @throws `ERR_OPTION` where a box is none, or a mask is not of the photo's size
 */
export function objectMask(regions: readonly Region[], view: View, height: number, width: number): ObjectMask {
  for (const region of regions) checkRegion(region, view);
  const [left, top, across, down] = view.crop;
  const inside = Uint8Array.from({ length: height * width }, (_, at) => {
    const x = left + (((at % width) + 0.5) / width) * across;
    const y = top + ((Math.floor(at / width) + 0.5) / height) * down;
    return Number(regions.some((region) => isInside(region, x, y, view)));
  });
  return { inside, height, width };
}

function checkRegion(region: Region, { width, height }: View): void {
  if ('box' in region) {
    const { box } = region;
    if (box.length === 4 && box.every(Number.isFinite) && box[2] > 0 && box[3] > 0) return;
    throw expected(
      'ERR_OPTION',
      'boxes',
      'x, y, width and height in photo pixels, with an area',
      `[${box.join(', ')}]`,
    );
  }
  if (region.mask.length === width * height) return;
  throw expected('ERR_OPTION', 'boxes', `a mask of ${width} × ${height} pixels`, `${region.mask.length} values`);
}

function isInside(region: Region, x: number, y: number, { width, height }: View): boolean {
  if ('box' in region) {
    const [left, top, across, down] = region.box;
    return x >= left && x < left + across && y >= top && y < top + down;
  }
  const isOnPhoto = x >= 0 && x < width && y >= 0 && y < height;
  return isOnPhoto && region.mask[Math.floor(y) * width + Math.floor(x)] !== 0;
}

/** The squared distance of each pixel's centre from the next one inside: along the rows first, then over the rows. */
export function squaredDistances({ inside, height, width }: ObjectMask): Float64Array {
  const along = new Float64Array(inside.length).fill(Infinity);
  for (let y = 0; y < height; y++) {
    for (const [from, end, step] of [
      [0, width, 1],
      [width - 1, -1, -1],
    ] as const) {
      let distance = Infinity;
      for (let x = from; x !== end; x += step) {
        const at = y * width + x;
        distance = inside[at] === 1 ? 0 : distance + 1;
        along[at] = Math.min(along[at]!, distance);
      }
    }
  }
  return along.map((_, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    let least = Infinity;
    for (let row = 0; row < height; row++) least = Math.min(least, along[row * width + x]! ** 2 + (row - y) ** 2);
    return least;
  });
}
