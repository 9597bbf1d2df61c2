/**
 * A grid that is measured from coarse to fine. First every 2ᵏ-th row and column; then, as distances halve, the places in the
 * middle of four known ones, and after them those between two and two. A place is measured where the values around it
 * disagree; elsewhere it inherits their mean, in which each counts by the inverse of its distance.
 */

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** How far apart the places lie that are measured first: powers of two. */
export interface Steps {
  readonly down: number;
  readonly across: number;
}

export interface Refined {
  /** For each target the value of every place [rows · columns]. */
  readonly values: readonly Float64Array[];
  /** In the order in which they were. */
  readonly measured: readonly number[];
}

/** How far the values around a place deviate from their mean where it is measured: a share of the range of all so far. */
const DISAGREEMENT = 0.1;

/**
 * Gives every place a value.
 * @param measure the values [targets][places] at some places; what one target asks for all get
 * @param onRound is shown what there would be if nothing further were measured
 */
export async function refined(
  grid: Grid,
  steps: Steps,
  targets: number,
  measure: (places: readonly number[]) => Promise<readonly Float64Array[]>,
  onRound?: (soFar: Refined) => void,
): Promise<Refined> {
  const rounds = roundsOf(grid, steps);
  const values = Array.from({ length: targets }, () => new Float64Array(grid.rows * grid.columns));
  const measured: number[] = [];
  for (const [number, round] of rounds.entries()) {
    const limits = values.map((known) => DISAGREEMENT * rangeOf(known, measured));
    const isAsked = (place: Place) => values.some((known, target) => deviation(place, known) > limits[target]!);
    const asked = (number === 0 ? round : round.filter(isAsked)).map(({ at }) => at);
    for (const known of values) inherit(known, round);
    if (asked.length === 0) continue;
    const found = await measure(asked);
    for (const [target, known] of values.entries()) {
      for (const [row, at] of asked.entries()) known[at] = found[target]![row]!;
    }
    measured.push(...asked);
    const rest = rounds.slice(number + 1);
    if (rest.length > 0) onRound?.({ values: values.map((known) => rest.reduce(inherit, known.slice())), measured });
  }
  return { values, measured };
}

/** A place, and those around it that are known before it; around a first place there are none. */
interface Place {
  readonly at: number;
  readonly around: readonly { readonly at: number; readonly share: number }[];
}

/** Counted from one of the values, so that the mean of equal ones is that value to the last bit. */
function meanAround({ around }: Place, known: Float64Array): number {
  const one = around[0] ? known[around[0].at]! : 0;
  return around.reduce((mean, { at, share }) => mean + share * (known[at]! - one), one);
}

function deviation(place: Place, known: Float64Array): number {
  const mean = meanAround(place, known);
  const squares = place.around.map(({ at }) => (known[at]! - mean) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** Writes the means around the places of a round. */
function inherit(known: Float64Array, round: readonly Place[]): Float64Array {
  for (const place of round) known[place.at] = meanAround(place, known);
  return known;
}

function rangeOf(values: Float64Array, places: readonly number[]): number {
  let [least, most] = [Infinity, -Infinity];
  for (const place of places) [least, most] = [Math.min(least, values[place]!), Math.max(most, values[place]!)];
  return most - least;
}

type Lines = readonly [rows: readonly number[], columns: readonly number[]];

/** The places that come together, from coarse to fine. */
function roundsOf({ rows, columns }: Grid, { down, across }: Steps): Place[][] {
  const linesBy = (y: number, x: number): Lines => [every(y, rows), every(x, columns)];
  let lines = linesBy(down, across);
  const first = lines[0].flatMap((y) => lines[1].map((x) => ({ at: y * columns + x, around: [] })));
  const rounds: Place[][] = [first];
  for (let [y, x] = [down, across]; y > 1 || x > 1; ) {
    [y, x] = [Math.max(1, y / 2), Math.max(1, x / 2)];
    const finer = linesBy(y, x);
    rounds.push(...between(lines, finer, columns));
    lines = finer;
  }
  return rounds.filter((round) => round.length > 0);
}

/** Every so many lines from the first on, and the last. */
const every = (step: number, count: number): number[] => [
  ...Array.from({ length: Math.ceil((count - 1) / step) }, (_, at) => at * step),
  count - 1,
];

/** The places of finer lines that coarser ones do not have: those in the middle of four, then those between two and two. */
function between(coarser: Lines, finer: Lines, width: number): [middles: Place[], edges: Place[]] {
  const [isRow, isColumn] = [new Set(coarser[0]), new Set(coarser[1])];
  const isKnown = (y: number, x: number) => isRow.has(y) === isColumn.has(x);
  const [middles, edges]: [Place[], Place[]] = [[], []];
  for (const [i, y] of finer[0].entries()) {
    for (const [j, x] of finer[1].entries()) {
      if (isRow.has(y) && isColumn.has(x)) continue;
      const isMiddle = isKnown(y, x);
      const neighbours = (isMiddle ? DIAGONAL : STRAIGHT).flatMap(([down, across]) => {
        const [row, column] = [finer[0][i + down], finer[1][j + across]];
        if (row === undefined || column === undefined || !isKnown(row, column)) return [];
        return [{ at: row * width + column, weight: 1 / Math.hypot(row - y, column - x) }];
      });
      (isMiddle ? middles : edges).push({ at: y * width + x, around: shares(neighbours) });
    }
  }
  return [middles, edges];
}

/** Steps to neighbours along both axes. */
const DIAGONAL = [-1, 1].flatMap((down) => [-1, 1].map((across) => [down, across] as const));
const STRAIGHT = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

function shares(neighbours: readonly { readonly at: number; readonly weight: number }[]): Place['around'] {
  const total = neighbours.reduce((sum, { weight }) => sum + weight, 0);
  return neighbours.map(({ at, weight }) => ({ at, share: weight / total }));
}
