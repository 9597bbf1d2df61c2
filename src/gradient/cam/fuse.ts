import type { SpatialMap } from '../../core/attribution.ts';
import { sample } from '../../core/sample.ts';

export const FUSIONS = ['max', 'mean', 'tanh-max'] as const;
export type Fusion = (typeof FUSIONS)[number];

/**
 * The maps of several layers as one, on the cells of the finest: each scaled to 0–1, as layers differ in scale, then read where those
 * cells lie. `tanh-max` is the maximum of tanh(2m), which lifts the weak cells of a map.
 */
export function fused(maps: readonly SpatialMap[], fusion: Fusion): SpatialMap {
  const finest = maps.reduce((a, b) => (b.data.length > a.data.length ? b : a));
  const lifted = (values: Float32Array) =>
    fusion === 'tanh-max' ? values.map((value) => Math.tanh(2 * value)) : values;
  const scaled = maps.map((map) => ({ ...map, data: lifted(unitScaled(map.data)) }));
  const { lattice, width } = finest;
  const data = finest.data.map((_, cell) => {
    const y = lattice.originY + Math.floor(cell / width) * lattice.stepY;
    const x = lattice.originX + (cell % width) * lattice.stepX;
    const values = scaled.map((map) => sample(map, y, x));
    return fusion === 'mean' ? values.reduce((a, b) => a + b) / values.length : Math.max(...values);
  });
  return { ...finest, data };
}

/** A map from 0 to 1, as torch-cam and pytorch-grad-cam scale it; one with negative values is divided by its largest magnitude. */
export function unitScaled(values: Float32Array): Float32Array {
  const least = Math.max(
    0,
    values.reduce((low, value) => Math.min(low, value), Infinity),
  );
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) - least;
  return largest > 0 ? values.map((value) => (value - least) / largest) : values.map(() => 0);
}
