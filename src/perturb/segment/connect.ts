/**
 * Makes every segment one connected piece of at least `smallest` pixels: each 4-connected component becomes a segment of
 * its own, and the small ones join, smallest first, the neighbour with which they share the longest border.
 */
import type { Pieces } from '../in-turns.ts';
import type { Rectangle } from '../window.ts';
import { relabel } from './relabel.ts';

/** The connected label map [H · W], numbered 0, 1, 2, … row by row. */
export function* connect(labels: Int32Array, picture: Rectangle, smallest: number): Pieces<Int32Array> {
  yield;
  const { pieces, sizes } = components(labels, picture);
  yield;
  const borders = bordersOf(pieces, sizes.length, picture);
  const parents = sizes.map((_, piece) => piece);
  const root = (piece: number): number => {
    while (parents[piece] !== piece) piece = parents[piece] = parents[parents[piece]!]!;
    return piece;
  };
  const closestTo = (piece: number) => {
    const shared = new Map<number, number>();
    for (const [other, length] of borders[piece]!) add(shared, root(other), length);
    shared.delete(piece);
    borders[piece] = shared;
    return [...shared].reduce((best, next) => (next[1] > best[1] ? next : best), [-1, 0])[0]!;
  };

  yield;
  const bySize = parents.toSorted((one, other) => sizes[one]! - sizes[other]!);
  for (const piece of bySize) {
    for (let small = root(piece); sizes[small]! < smallest; small = root(piece)) {
      const neighbour = closestTo(small);
      if (neighbour < 0) break;
      parents[small] = neighbour;
      sizes[neighbour]! += sizes[small]!;
      for (const [other, length] of borders[small]!) add(borders[neighbour]!, other, length);
    }
  }
  return relabel(pieces.map(root)).labels;
}

const add = (totals: Map<number, number>, key: number, amount: number) =>
  totals.set(key, (totals.get(key) ?? 0) + amount);

/** The 4-connected components of equal labels, and how many pixels each has. */
function components(labels: Int32Array, { height, width }: Rectangle): { pieces: Int32Array; sizes: number[] } {
  const pieces = new Int32Array(labels.length).fill(-1);
  const queue = new Int32Array(labels.length);
  const sizes: number[] = [];
  for (let start = 0; start < labels.length; start++) {
    if (pieces[start] !== -1) continue;
    const piece = sizes.length;
    let end = 0;
    const visit = (pixel: number) => {
      if (pieces[pixel] !== -1 || labels[pixel] !== labels[start]) return;
      pieces[pixel] = piece;
      queue[end++] = pixel;
    };
    visit(start);
    for (let at = 0; at < end; at++) {
      const pixel = queue[at]!;
      const x = pixel % width;
      if (x > 0) visit(pixel - 1);
      if (x < width - 1) visit(pixel + 1);
      if (pixel >= width) visit(pixel - width);
      if (pixel < (height - 1) * width) visit(pixel + width);
    }
    sizes.push(end);
  }
  return { pieces, sizes };
}

/** For each piece its neighbours, and along how many pixel edges they touch. */
function bordersOf(pieces: Int32Array, count: number, { width }: Rectangle): Map<number, number>[] {
  const borders = Array.from({ length: count }, () => new Map<number, number>());
  const touch = (one: number, other: number) => {
    if (one === other) return;
    add(borders[one]!, other, 1);
    add(borders[other]!, one, 1);
  };
  for (let pixel = 0; pixel < pieces.length; pixel++) {
    if (pixel % width > 0) touch(pieces[pixel]!, pieces[pixel - 1]!);
    if (pixel >= width) touch(pieces[pixel]!, pieces[pixel - width]!);
  }
  return borders;
}
