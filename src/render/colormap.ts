/**
 * Colour maps as strings: colours at places from 0 to 1 with straight lines between them, `#fff@0,#f00@.25,#000@1`;
 * where no place is written the colours stand evenly.
 */
import { expected } from '../core/errors.ts';

/** 256 colours [256, 3], from the lowest value to the highest. */
export type Colormap = Uint8Array;

/** matplotlib's viridis, inferno, magma and Google's turbo at 17 places, within 7 of 255; jet and seismic at all their corners. */
const NAMED = {
  viridis:
    '#440154,#48186a,#472d7b,#424086,#3b528b,#33638d,#2c728e,#26818e,#21908c,#1f9f88,#28ae80,#3ebc74,#5dc963,#82d34c,#abdc32,#d5e21a,#fde725',
  inferno:
    '#000004,#0b0724,#210c4a,#3c0965,#57106d,#70196e,#89226a,#a32b61,#bb3755,#d14644,#e35932,#f1711e,#f98d0a,#fcab0f,#f9ca32,#f2e865,#fcffa4',
  magma:
    '#000004,#0a0822,#1d1146,#36106a,#50127c,#691c81,#822681,#9c2e7f,#b63779,#cf4170,#e65163,#f5695c,#fb8761,#fea571,#fec387,#fde0a2,#fcfdbf',
  turbo:
    '#30123b,#4040a1,#466be3,#4293ff,#29bbec,#18dcc3,#31f299,#6bfd64,#a3fd3c,#cced34,#edd03a,#fdae35,#fb8022,#ec520f,#d23105,#ac1701,#7a0403',
  jet: '#000080@0,#00f@.11,#00f@.125,#00dbff@.34,#00e5f7@.35,#15ffe2@.375,#efff08@.64,#f7f600@.65,#ffec00@.66,#ff1300@.89,#e80000@.91,#800000@1',
  grey: '#000,#fff',
  seismic: '#00004c,#00f,#fff,#f00,#800000',
  coldnhot: '#0ff@0,#00f@.25,#000@.5,#f00@.667,#ff0@.833,#fff@1',
  'blue-red': '#08245f@0,#2455cc@.22,#6f9df2@.4,#f5f5f5@.5,#f58f75@.6,#d8301f@.78,#7d0815@1',
} as const satisfies { readonly [name: string]: string };

export type ColormapName = keyof typeof NAMED;

/**
 * Reads a colour map.
 *
 * @param map a name (viridis, inferno, magma, turbo, jet, grey, seismic, coldnhot, blue-red) or colours, `#fff@0,#000@1`
 * @returns 256 colours [256, 3], 0–255
 * @throws `ERR_OPTION` where it is neither, naming the names
 * @example
 * ```ts
 * colormap('#fff,#f00').slice(-3); // [255, 0, 0]
 * ```
 */
export function colormap(map: string): Colormap {
  const stops = stopsOf(isName(map) ? NAMED[map] : map) ?? refuse(map);
  const colours = new Uint8Array(256 * 3);
  let next = 1;
  for (let at = 0; at < 256; at++) {
    const place = at / 255;
    while (next < stops.length - 1 && stops[next]!.place <= place) next++;
    const [from, to] = [stops[next - 1]!, stops[next]!];
    const share = Math.min(1, Math.max(0, (place - from.place) / (to.place - from.place)));
    from.colour.forEach((value, channel) => {
      colours[at * 3 + channel] = Math.round(value + share * (to.colour[channel]! - value));
    });
  }
  return colours;
}

const isName = (map: string): map is ColormapName => Object.hasOwn(NAMED, map);

interface Stop {
  readonly colour: readonly number[];
  readonly place: number;
}

/** The stops of a written map, or nothing where it is no such map: at least two, their places all written or none, rising. */
function stopsOf(map: string): Stop[] | undefined {
  const written = map.split(',').map((stop) => /^#([\da-f]{3}|[\da-f]{6})(?:@(\d*\.?\d+))?$/i.exec(stop.trim()));
  const isWhole = written.every((match) => match !== null);
  if (!isWhole || written.length < 2 || new Set(written.map((match) => match[2] === undefined)).size > 1)
    return undefined;
  const stops = written.map(([, hex, place], at) => ({
    colour: rgb(hex!),
    place: place === undefined ? at / (written.length - 1) : Number(place),
  }));
  const isRising = stops.every(({ place }, at) => place <= 1 && (at === 0 || place > stops[at - 1]!.place));
  return isRising ? stops : undefined;
}

function rgb(hex: string): number[] {
  const pairs = hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g)!;
  return pairs.map((pair) => Number.parseInt(pair, 16));
}

function refuse(map: string): never {
  const wanted = `one of ${Object.keys(NAMED).join(', ')}, or colours at rising places such as '#fff@0,#000@1'`;
  throw expected('ERR_OPTION', 'colormap', wanted, `'${map}'`);
}
