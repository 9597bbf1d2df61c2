/** The attributions as what the page's script reads. */
import { type Attribution, type Mapped, spatialMap } from '../../core/attribution.ts';
import type { Photo } from '../../core/predictor.ts';
import { appearance } from '../appearance.ts';
import { foldedFor } from '../colour-scale.ts';
import type { FigureOptions } from '../figure.ts';
import { coarserThan } from './coarser.ts';
import { type Grid, shortLabel } from './grid.ts';
import { packBytes, packValues } from './packed.ts';
import type { PageData } from './page-data.ts';

export type ReportLook = Omit<FigureOptions, 'style' | 'view'>;

export function packPage({ classes, columns, cells }: Grid, { width, height }: Photo, options: ReportLook): PageData {
  const { scale: per = 'method', ...look } = options;
  const labelMaps = [...new Set(cells.flatMap(({ attribution: { segments } }) => segments ?? []))];
  const shared = columns.map(({ attributions }) => (per === 'map' ? undefined : appearance(attributions, look)));
  const looks = cells.map(({ column, attribution }) => shared[column] ?? appearance([attribution], look));
  const maps = coarserThan(cells.map(({ attribution }, at) => folded(foldedFor(attribution, looks[at]!.scale.sign))));
  return {
    width,
    height,
    classes: classes.map(shortLabel),
    methods: columns.map(({ title }) => title),
    maps: cells.map(({ row, column, attribution }, at) => {
      const { data, shape, segments, lattice, view, inputSize } = maps[at]!;
      const { colours, style: _, ...look } = looks[at]!;
      const labels = segments ? { labels: labelMaps.indexOf(segments) } : {};
      const place = { shape, lattice, view, inputSize, ...labels };
      const values = packValues(data);
      return { row, column, unit: attribution.unit, values, ...place, ...look, colours: packBytes(colours) };
    }),
    labelMaps: labelMaps.map(packBytes),
  };
}

/** With the channels folded and measured from the level; segments as they are. */
function folded(attribution: Attribution): Mapped {
  const { segments, lattice, inputSize, view } = attribution;
  const place = { lattice, inputSize, view, fold: 'sum' } as const;
  if (segments) return { ...place, data: attribution.data, shape: attribution.shape, segments };
  const { data, height, width } = spatialMap(attribution);
  return { ...place, data, shape: [height, width] };
}
