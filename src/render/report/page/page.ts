/** The script of a report. All that needs no script stands in the page itself. */
import type { PageData } from '../page-data.ts';
import { sizeOf } from './canvas.ts';
import { explorer } from './explorer.ts';
import { gallery } from './gallery.ts';
import { matrices } from './matrices.ts';
import { heatmapsOf } from './unpack.ts';

/** Small photos are drawn larger, so that a heatmap is as smooth as on a large one. */
const LEAST_SIDE = 900;
const TILE_SIDE = 320;

const element = (id: string): HTMLElement => document.getElementById(id)!;

async function start(): Promise<void> {
  const data: PageData = JSON.parse(element('report-data').textContent!);
  const image = element('photo') as HTMLImageElement;
  await image.decode();
  const heatmaps = await heatmapsOf(data);
  const large = sizeOf(image, Math.max(LEAST_SIDE, image.naturalWidth, image.naturalHeight));
  const closer = element('closer');
  const overview = gallery(element('overview'), heatmaps, image, sizeOf(image, TILE_SIDE), (heatmap) => {
    look.choose(heatmap);
    closer.scrollIntoView({ block: 'start' });
  });
  const look = explorer(closer, heatmaps, image, large, data, overview.mark);
  document.documentElement.dataset.ready = '';
}

matrices(element('agreement'));
await start();
