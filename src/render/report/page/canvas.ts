/** Photos and heatmaps on canvases, painted by what paints the PNG files. */
import type { Photo } from '../../../core/predictor.ts';
import type { View } from '../../../core/view.ts';
import type { Size } from '../../../image/preprocess.ts';
import { project } from '../../../image/project.ts';
import { paint } from '../../paint.ts';
import { scaledView } from '../../shown-part.ts';
import type { Appearance } from '../../style.ts';
import type { Heatmap } from './unpack.ts';

/** The photo's pixels at a size. */
export function photoAt(image: HTMLImageElement, { width, height }: Size): Photo {
  const brush = sized(document.createElement('canvas'), { width, height });
  brush.imageSmoothingQuality = 'high';
  brush.drawImage(image, 0, 0, width, height);
  const rgba = brush.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) data.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return { data, width, height };
}

/** The size with the photo's proportions and this longest side. */
export function sizeOf(image: HTMLImageElement, longest: number): Size {
  const scale = longest / Math.max(image.naturalWidth, image.naturalHeight);
  return {
    width: Math.max(1, Math.round(image.naturalWidth * scale)),
    height: Math.max(1, Math.round(image.naturalHeight * scale)),
  };
}

/** Where a heatmap's model input lies on a picture of this size. */
export const viewOn = ({ map }: Heatmap, size: Size): View => scaledView(map.view, size);

/** A heatmap's values at each pixel of a picture of this size. */
export const valuesOn = (heatmap: Heatmap, size: Size): Float32Array =>
  project(heatmap.map, viewOn(heatmap, size), heatmap.look.interpolation);

/** Paints values over the photo. */
export function show(
  canvas: HTMLCanvasElement,
  photo: Photo,
  values: Float32Array,
  view: View,
  look: Appearance,
): void {
  const { data, width, height } = paint(photo, values, view, look);
  sized(canvas, photo).putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
}

/** Paints the 256 colours of a map beside each other. */
export function showBar(canvas: HTMLCanvasElement, colours: Uint8Array): void {
  const bar = new ImageData(256, 1);
  for (let at = 0; at < 256; at++) bar.data.set([...colours.subarray(at * 3, at * 3 + 3), 255], at * 4);
  sized(canvas, bar).putImageData(bar, 0, 0);
}

function sized(canvas: HTMLCanvasElement, { width, height }: Size): CanvasRenderingContext2D {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas.getContext('2d')!;
}
