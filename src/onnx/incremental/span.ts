/** Stretches of cells along one axis, and how an operator that slides a window over the axis carries them on and back. */

/** Cells `from` … `to` − 1. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Result o reads the cells o · stride − begin … o · stride − begin + extent − 1; those outside of the axis are padding. */
export interface Slide {
  readonly extent: number;
  readonly stride: number;
  /** Padding in front, and behind. */
  readonly begin: number;
  readonly end: number;
  readonly cells: number;
  readonly results: number;
}

/** What each cell stays where it is under. */
export const stay = (cells: number): Slide => ({ extent: 1, stride: 1, begin: 0, end: 0, cells, results: cells });

export const lengthOf = ({ from, to }: Span): number => to - from;

export const hull = (a: Span, b: Span): Span => ({ from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) });

/** The results that read one of these cells; where there is none, the nearest one. */
export function changedBy({ from, to }: Span, { extent, stride, begin, results }: Slide): Span {
  const first = Math.ceil((from + begin - extent + 1) / stride);
  const last = Math.floor((to - 1 + begin) / stride);
  return within({ from: first, to: last + 1 }, results);
}

/** The cells that these results read. */
export const neededBy = ({ from, to }: Span, { extent, stride, begin, cells }: Slide): Span =>
  within({ from: from * stride - begin, to: (to - 1) * stride - begin + extent }, cells);

/** The same where what lies outside of the cells is there to be read, as far as the padding goes. */
export const neededBetweenPads = ({ from, to }: Span, { extent, stride, begin, end, cells }: Slide): Span =>
  within({ from: from * stride, to: (to - 1) * stride - begin + extent - end }, cells);

/** The part of a span that lies on an axis: at least one cell. */
function within({ from, to }: Span, length: number): Span {
  const first = Math.min(Math.max(from, 0), length - 1);
  return { from: first, to: Math.max(first + 1, Math.min(to, length)) };
}
