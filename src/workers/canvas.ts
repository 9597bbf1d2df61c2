/**
 * Pictures under one recipe after the other, in memory that ONNX Runtime reads where it is: of windows and segments only what differs
 * from the recipe before is written, and soft masks are never made at full size.
 */
import { widened } from '../core/between.ts';
import { type CellMask, cellMasks } from '../core/cell-masks.ts';
import { applyRecipe, type Recipe, type Scene, type WindowRecipe } from '../core/recipe.ts';
import { copyCellsIn } from './copy-cells.ts';
import { fillLineTable, maskLinesIn, PER_LINE } from './mask-lines.ts';
import { BYTES, ownMemory } from './own-memory.ts';
import { runTable, switchRunsIn } from './switch-runs.ts';

export interface Canvas {
  /** Paints the picture under a recipe [C, H, W]. A row's bytes do not depend on those beside it or before it. */
  paint(recipe: Recipe, row: number): void;
  /** All rows [rows, C, H, W], nobody else's to change. Good until something is painted. */
  view(): Float32Array;
}

/** Where there is room for the table of lines, where x − x′ and x′ are, and how far the lines and planes of x′ lie apart. */
interface Behind {
  readonly table: number;
  readonly difference: number;
  readonly start: number;
  readonly row: number;
  readonly between: number;
}

export function createCanvas(scene: Scene, rows: number): Canvas {
  const { picture, baseline } = scene;
  const [channels, height, width] = picture.shape as [number, number, number];
  const [length, plane] = [picture.data.length, height * width];
  const { memory, take, view, integers } = ownMemory();
  const [copyCells, maskLines, switchRuns] = [copyCellsIn(memory), maskLinesIn(memory), switchRunsIn(memory)];
  const kept = (numbers: Float32Array): number => {
    const start = take(numbers.length);
    view(start, numbers.length).set(numbers);
    return start;
  };

  const first = take(rows * length);
  const [seen, unseen] = [kept(picture.data), kept(baseline.data)];
  const held: Recipe[] = [];
  const maskOf = cellMasks(scene);
  let switches: { readonly table: number; readonly stretches: number; readonly sources: number } | undefined;
  let behind: Behind | undefined;
  let wide = { start: 0, length: 0 };

  /** Rectangles of pixels in all channels, at the same place. */
  function copy(from: number, to: number, start: number, down: number, across: number): void {
    const [at, row] = [start * BYTES, width * BYTES];
    const skip = plane * BYTES - down * row;
    copyCells(from + at, row, skip, to + at, row, skip, channels, down, across * BYTES);
  }
  const copyWindow = (from: number, { y, x, ...size }: WindowRecipe, to: number) =>
    copy(from, to, y * width + x, size.height, size.width);

  const restore = (to: number) => view(to, length).set(view(seen, length));

  /** Brings the segments that are switched on or off to the state of `keep`. */
  function switchSegments(to: number, keep: Uint8Array, before: Uint8Array): void {
    switches ??= segmentTables(keep.length);
    const { table, stretches, sources } = switches;
    const source = (kept: number, segment: number) =>
      (kept !== 0) === (before[segment] !== 0) ? 0 : kept ? seen : unseen;
    integers(sources, keep.length).set(Array.from(keep, source));
    switchRuns(table, stretches, sources, to, plane * BYTES, channels);
  }

  function segmentTables(count: number) {
    const runs = runTable(scene.segments!);
    const [table, sources] = [take(runs.length), take(count)];
    integers(table, runs.length).set(runs);
    return { table, stretches: runs.length / 3, sources };
  }

  /** A baseline of zeros is one line of them, which stays at hand. */
  function behindMasks(): Behind {
    const table = take(PER_LINE * height);
    const isZero = baseline.data.every((value) => value === 0);
    if (isZero) return { table, difference: seen, start: kept(new Float32Array(width)), row: 0, between: 0 };
    const difference = kept(picture.data.map((value, at) => value - baseline.data[at]!));
    return { table, difference, start: unseen, row: width * BYTES, between: plane * BYTES };
  }

  function paintBehind({ cells, columns, down, across }: CellMask, to: number): void {
    behind ??= behindMasks();
    const lines = widened(cells, columns, across);
    if (wide.length < lines.length) wide = { start: take(lines.length), length: lines.length };
    view(wide.start, lines.length).set(lines);
    const { table, difference, start, row, between } = behind;
    const line = width * BYTES;
    const [whole, shares] = [integers(table, PER_LINE * height), view(table, PER_LINE * height)];
    fillLineTable(whole, shares, down, wide.start, line);
    maskLines(table, height, start, difference, to, row, between, plane * BYTES, channels, line);
  }

  return {
    paint(recipe, row) {
      const [before, to] = [held[row], first + row * length * BYTES];
      const mask = maskOf(recipe);
      if (recipe.kind === 'window') {
        if (before?.kind === 'window') copyWindow(seen, before, to);
        else restore(to);
        copyWindow(unseen, recipe, to);
      } else if (recipe.kind === 'segments') {
        if (before?.kind !== 'segments') restore(to);
        const kept = before?.kind === 'segments' ? before.keep : new Uint8Array(recipe.keep.length).fill(1);
        switchSegments(to, recipe.keep, kept);
      } else if (mask) {
        paintBehind(mask, to);
      } else {
        applyRecipe(scene, recipe, view(to, length));
      }
      held[row] = recipe;
    },
    view: () => view(first, rows * length),
  };
}
