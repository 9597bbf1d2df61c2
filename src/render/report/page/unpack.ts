/** The packed maps of the page as arrays. */
import type { Mapped } from '../../../core/attribution.ts';
import { fromFloat16 } from '../../../core/float16.ts';
import type { Appearance } from '../../style.ts';
import type { PageData, PageMap } from '../page-data.ts';

/** One method's heatmap of one class. */
export interface Heatmap {
  readonly row: number;
  readonly column: number;
  /** `Grad-CAM, tiger cat`. */
  readonly name: string;
  readonly unit: string;
  readonly map: Mapped;
  readonly look: Appearance;
}

export async function heatmapsOf({ maps, labelMaps, classes, methods }: PageData): Promise<Heatmap[]> {
  const labels = await Promise.all(labelMaps.map(async (packed) => new Int32Array(await inflated(packed))));
  return Promise.all(
    maps.map(async (packed) => {
      const { row, column, unit, shape, lattice, view, inputSize } = packed;
      const { scale, alpha, power, interpolation } = packed;
      const segments = packed.labels === undefined ? {} : { segments: labels[packed.labels]! };
      const map = { data: await valuesOf(packed), shape, lattice, view, inputSize, fold: 'sum', ...segments } as const;
      const colours = new Uint8Array(await inflated(packed.colours));
      const look = { style: 'overlay', colours, scale, alpha, power, interpolation } as const;
      return { row, column, name: `${methods[column]}, ${classes[row]}`, unit, map, look };
    }),
  );
}

async function valuesOf({ values: { halves, factor } }: PageMap): Promise<Float32Array> {
  const bits = new Uint16Array(await inflated(halves));
  return Float32Array.from(bits, (half) => factor * fromFloat16(half));
}

function inflated(packed: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
}
