/** Which of SLIC's centres each pixel is nearest to, by distances of four pixels at a time. */
import {
  ADD,
  add,
  assembled,
  constant,
  get,
  I32,
  runIn,
  set,
  times,
  WHOLES,
  when,
  whole,
} from '../../workers/assembly.ts';
import { BYTES, ownMemory } from '../../workers/own-memory.ts';
import type { Lab } from './lab.ts';

/** What a centre offers to the pixels of some rows and columns. */
export interface Offer {
  readonly label: number;
  readonly colour: readonly [l: number, a: number, b: number];
  /** The first pixel, and how far the rows lie apart. */
  readonly first: number;
  readonly between: number;
  /** Of each row, and of each column, its share of the squared distance. */
  readonly down: Int32Array;
  readonly across: Int32Array;
}

export interface Pixels {
  /** The label of the centre that each is nearest to, of those offered since `forget`; before that what they began with. */
  readonly labels: Int32Array;
  /** From now on any centre is nearer. */
  forget(): void;
  /** Squared distances are below 2³¹ − 1. Of two that are the same the first counts. */
  offer(centre: Offer): void;
}

const FOUR = 4;
const FARTHEST = 2 ** 31 - 1;

/** @param first the labels that they begin with */
export function pixels({ l, a, b }: Lab, first: Int32Array): Pixels {
  const { memory, take, integers } = ownMemory();
  const length = first.length;
  // Rows are looked at in whole fours, so that of the last one a few numbers are read behind its end.
  const plane = length + FOUR;
  const starts = [l, a, b, first].map((values) => {
    const start = take(plane);
    integers(start, length).set(values);
    return start;
  });
  const [labels, nearest, line, rows] = [starts[3]!, take(plane), take(plane), take(length)];
  const run = runIn<NearestIn>(module, memory);
  return {
    labels: integers(labels, length),
    forget: () => void integers(nearest, length).fill(FARTHEST),
    offer({ label, colour, first, between, down, across }) {
      const fours = Math.ceil(across.length / FOUR);
      if (fours === 0 || down.length === 0) return;
      integers(line, fours * FOUR)
        .fill(FARTHEST, across.length)
        .set(across);
      integers(rows, down.length).set(down);
      const places = [...starts.slice(0, 3), labels, nearest].map((start) => start + first * BYTES) as Five;
      run(...places, line, fours, rows, down.length, between * BYTES, label, ...colour);
    },
  };
}

type Five = [number, number, number, number, number];

/** All but the last four in bytes of the memory, or counts of them. */
type NearestIn = (
  l: number,
  a: number,
  b: number,
  labels: number,
  nearest: number,
  line: number,
  fours: number,
  rows: number,
  rowsLeft: number,
  between: number,
  label: number,
  centreL: number,
  centreA: number,
  centreB: number,
) => void;

const PLANES = [0, 1, 2, 3, 4] as const;
const [L, A, B, LABELS, NEAREST] = PLANES;
const [LINE, FOURS, ROWS, ROWS_LEFT, BETWEEN, LABEL, CENTRE_L, CENTRE_A, CENTRE_B] = [5, 6, 7, 8, 9, 10, 11, 12, 13];
const [AT, FOURS_LEFT, VERTICAL] = [14, 15, 16];
const DISTANCE = 17;

const { load, store, spread, subtract, multiply, isBelow, isAny, lesser, choose } = WHOLES;
const here = (start: number) => [...get(start), ...get(AT), ADD];
const squared = (plane: number, centre: number) => {
  const difference = [...load(here(plane)), ...spread(centre), ...subtract];
  return [...difference, ...difference, ...multiply, ...WHOLES.add];
};
const isNearer = [...get(DISTANCE), ...load(here(NEAREST)), ...isBelow];
/** Most pixels are too far for their colour to count. */
const four = [
  ...[...load(here(LINE)), ...spread(VERTICAL), ...WHOLES.add, ...set(DISTANCE)],
  ...when(
    [...isNearer, ...isAny],
    [
      ...[
        ...get(DISTANCE),
        ...squared(L, CENTRE_L),
        ...squared(A, CENTRE_A),
        ...squared(B, CENTRE_B),
        ...set(DISTANCE),
      ],
      ...store(here(LABELS), [...spread(LABEL), ...load(here(LABELS)), ...isNearer, ...choose]),
      ...store(here(NEAREST), [...get(DISTANCE), ...load(here(NEAREST)), ...lesser]),
    ],
  ),
  ...add(AT, constant(BYTES * FOUR)),
];
const row = [
  ...[...whole(get(ROWS), 0), ...set(VERTICAL), ...add(ROWS, constant(BYTES))],
  ...[...constant(0), ...set(AT), ...get(FOURS), ...set(FOURS_LEFT)],
  ...times(FOURS_LEFT, four),
  ...PLANES.flatMap((plane) => add(plane, get(BETWEEN))),
];
const module = assembled({ parameters: new Array(14).fill(I32), locals: 3, fours: 1, code: times(ROWS_LEFT, row) });
