import { checkInteger } from '../core/check.ts';
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import type { Size } from '../image/preprocess.ts';
import { projectMap } from '../image/project.ts';
import { resizePart } from '../image/resize-part.ts';
import type { FeatureMaps } from '../inside/feature-maps.ts';
import { appearance } from './appearance.ts';
import { type Painting, paint } from './paint.ts';
import { checkPhoto } from './shown-part.ts';
import type { Style } from './style.ts';
import { tileFigure, tileSize } from './tile-figure.ts';

export interface FeatureGridOptions {
  /** Maps in a row, 1–64. Default: 16. */
  readonly columns?: number | undefined;
  /** `heatmap`: the maps alone. `overlay`: over the photo; also `masked`, `alpha` and `photo`. Default: `heatmap`. */
  readonly style?: Style | undefined;
  /** A name or colours such as `#fff@0,#000@1`. Default: `inferno`. */
  readonly colormap?: string | undefined;
  /** The opacity of the maps over the photo, 0–1. Default: 0.5. */
  readonly alpha?: number | undefined;
}

/**
 * Draws feature maps as a grid, each with the number of its channel, several layers below one another. Negative values are dropped, and
 * every map has colours of its own, from 0 to its largest value; a map without a value above 0 is blank. Shown is what the model saw.
 *
 * @param maps of one or several layers of the same picture
 * @param photo the one that they were made of
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where an option is wrong or the photo is another one
 * @example
 * ```ts
 * const maps = await featureMaps(model, photo, { layers: ['stages.2', 'stages.4'] });
 * await writeFile('features.png', await featureGrid(maps, photo, { style: 'overlay' }));
 * ```
 */
export async function featureGrid(
  maps: readonly FeatureMaps[],
  photo: Photo,
  options: FeatureGridOptions = {},
): Promise<Buffer> {
  const columns = checkInteger(options.columns ?? 16, 'columns', 1, 64);
  const sections = maps.map((layer) => {
    checkPhoto(photo, layer.view);
    const [, , width, height] = layer.view.crop;
    const size = tileSize({ width, height }, columns);
    const seen = resizePart(photo, layer.view.crop, size.width, size.height, 'bilinear');
    return {
      title: layer.layer,
      note: noteOn(layer),
      tiles: layer.channels.map((channel, at) => ({
        label: String(channel),
        picture: painted(layer, at, seen, { ...options, style: options.style ?? 'heatmap' }),
      })),
    };
  });
  return tileFigure(sections, columns);
}

/** `64 channels of 13 × 13 · 12.5 % blank (8)` */
function noteOn({ shape: [count, height, width], blank }: FeatureMaps): string {
  const share = Math.round(1000 * blank) / 10;
  return `${count} ${count === 1 ? 'channel' : 'channels'} of ${height} × ${width} · ${share} % blank (${Math.round(blank * count)})`;
}

function painted(layer: FeatureMaps, at: number, seen: Photo, options: FeatureGridOptions): Painting {
  const { data, shape, lattice, inputSize } = layer;
  const [, height, width] = shape;
  const own = data.subarray(at * height * width, (at + 1) * height * width);
  const most = own.reduce((a, b) => Math.max(a, b), 0);
  const look = appearance([], { ...options, scale: { sign: 'positive', low: 0, high: most } });
  const view = whole(seen);
  return paint(seen, projectMap({ data: own, height, width, lattice }, inputSize, view), view, look);
}

/** A picture of which the model saw all. */
const whole = ({ width, height }: Size): View => ({ width, height, crop: [0, 0, width, height] });
