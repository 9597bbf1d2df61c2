/** Parts of a layer: some of its channels, a rectangle of its cells, or single cells. */
import { checkChoice, checkInteger } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';

export interface SubsetOptions {
  /** Channels of the layer whose maps are shown: `[10, 32, 3]`, or `'10,32,3'`. Default: all, added up to one map. */
  readonly filters?: readonly number[] | string | undefined;
  /** Of `filters`: a map for `each`, [filters, h, w], or their `sum`, [h, w]. Default: `each`. */
  readonly filterMaps?: 'each' | 'sum' | undefined;
  /** A rectangle of the layer's cells; the map is 0 outside: `{ y, x, height, width }`, or `'y,x,height,width'`. */
  readonly region?: Region | string | undefined;
  /** Single cells of the layer; the map is 0 elsewhere: `[[y, x], …]`, or `'3x4,5x6'`. */
  readonly neurons?: readonly (readonly [y: number, x: number])[] | string | undefined;
}

export interface Region {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

export interface Subset {
  /** Undefined for all. */
  readonly filters: readonly number[] | undefined;
  readonly isSummed: boolean;
  /** For each cell whether it is shown. */
  readonly shows: (cell: number) => boolean;
}

/** @throws `ERR_OPTION` for channels or cells that the layer does not have */
export function subsetOf(options: SubsetOptions, channels: number, height: number, width: number): Subset {
  const { region, neurons } = options;
  if (region !== undefined && neurons !== undefined) {
    throw expected('ERR_OPTION', 'region and neurons', 'one of the two', 'both');
  }
  const filters = options.filters === undefined ? undefined : filtersOf(options.filters, channels);
  const isSummed = checkChoice(options.filterMaps ?? 'each', 'filterMaps', ['each', 'sum']) === 'sum';
  return { filters, isSummed: isSummed || filters === undefined, shows: shownBy({ region, neurons }, height, width) };
}

function filtersOf(filters: readonly number[] | string, channels: number): number[] {
  const numbers = typeof filters === 'string' ? numbersIn(filters, ',') : filters;
  if (numbers.length === 0) throw expected('ERR_OPTION', 'filters', 'channels as in 10,32,3', 'none');
  return numbers.map((filter) => checkInteger(filter, 'filters', 0, channels - 1));
}

function shownBy({ region, neurons }: SubsetOptions, height: number, width: number): Subset['shows'] {
  if (region !== undefined) {
    const { y, x, ...size } = typeof region === 'string' ? regionIn(region) : region;
    checkInteger(y, 'region y', 0, height - 1);
    checkInteger(x, 'region x', 0, width - 1);
    const bottom = y + checkInteger(size.height, 'region height', 1, height - y);
    const right = x + checkInteger(size.width, 'region width', 1, width - x);
    return (cell) => {
      const [row, column] = [Math.floor(cell / width), cell % width];
      return row >= y && row < bottom && column >= x && column < right;
    };
  }
  if (neurons === undefined) return () => true;
  const places = typeof neurons === 'string' ? neurons.split(',').map((place) => numbersIn(place, 'x')) : neurons;
  const shown = new Set(
    places.map((place) => {
      const [y, x, ...more] = place;
      if (y === undefined || x === undefined || more.length > 0) {
        throw expected('ERR_OPTION', 'neurons', 'rows and columns as in 3x4,5x6', `'${String(neurons)}'`);
      }
      return checkInteger(y, 'neurons y', 0, height - 1) * width + checkInteger(x, 'neurons x', 0, width - 1);
    }),
  );
  return (cell) => shown.has(cell);
}

function regionIn(text: string): Region {
  const [y = Number.NaN, x = Number.NaN, height = Number.NaN, width = Number.NaN, ...more] = numbersIn(text, ',');
  if (more.length > 0) throw expected('ERR_OPTION', 'region', 'four numbers y,x,height,width', `'${text}'`);
  return { y, x, height, width };
}

const numbersIn = (text: string, separator: string): number[] =>
  text.split(separator).map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
