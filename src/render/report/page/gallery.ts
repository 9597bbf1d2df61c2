/** All maps at a glance. Each is a button that brings it into the explorer. */
import type { Size } from '../../../image/preprocess.ts';
import { photoAt, show, showBar, valuesOn, viewOn } from './canvas.ts';
import type { Heatmap } from './unpack.ts';

export interface Gallery {
  /** Marks the map that the explorer shows. */
  mark(heatmap: Heatmap): void;
}

export function gallery(
  root: HTMLElement,
  heatmaps: readonly Heatmap[],
  image: HTMLImageElement,
  size: Size,
  onChoice: (heatmap: Heatmap) => void,
): Gallery {
  const photo = photoAt(image, size);
  const tiles = [...root.querySelectorAll<HTMLButtonElement>('button[data-map]')];
  for (const tile of tiles) {
    const heatmap = heatmaps[Number(tile.dataset.map)]!;
    show(tile.querySelector('canvas')!, photo, valuesOn(heatmap, size), viewOn(heatmap, size), heatmap.look);
    tile.addEventListener('click', () => onChoice(heatmap));
  }
  for (const bar of root.querySelectorAll<HTMLCanvasElement>('canvas[data-bar]')) {
    showBar(bar, heatmaps[Number(bar.dataset.bar)]!.look.colours);
  }
  return {
    mark(shown) {
      for (const tile of tiles) tile.setAttribute('aria-pressed', String(heatmaps[Number(tile.dataset.map)] === shown));
    },
  };
}
