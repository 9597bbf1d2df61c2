import type { SpatialMap } from '../../core/attribution.ts';
import { sample } from '../../core/sample.ts';

export const FUSIONS = ['max', 'mean'] as const;
export type Fusion = (typeof FUSIONS)[number];

/**
 * The maps of several layers as one, on the cells of the finest: each divided by its largest magnitude, as layers differ in
 * scale, then read where those cells lie. A map of zeros stays one.
 */
export function fused(maps: readonly SpatialMap[], fusion: Fusion): SpatialMap {
  const finest = maps.reduce((a, b) => (b.data.length > a.data.length ? b : a));
  const scaled = maps.map((map) => ({ ...map, data: unitScaled(map.data) }));
  const { lattice, width } = finest;
  const data = finest.data.map((_, cell) => {
    const y = lattice.originY + Math.floor(cell / width) * lattice.stepY;
    const x = lattice.originX + (cell % width) * lattice.stepX;
    const values = scaled.map((map) => sample(map, y, x));
    return fusion === 'max' ? Math.max(...values) : values.reduce((a, b) => a + b) / values.length;
  });
  return { ...finest, data };
}

function unitScaled(values: Float32Array): Float32Array {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? values.map((value) => value / largest) : values;
}
