/** Where the parts of a figure stand, in pixels. Everything is placed from the top left, in one pass. */
import type { Size } from '../image/preprocess.ts';

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Layout extends Size {
  /** The photo, as large as a cell. */
  readonly photo: Rectangle;
  /** The space below the photo. */
  readonly predictions: Rectangle;
  header(column: number): Rectangle;
  rowHeader(row: number): Rectangle;
  cell(row: number, column: number): Rectangle;
  /** Below the cell where each has its own scale, else below the column. */
  bar(row: number, column: number): Rectangle;
}

const MARGIN = 24;
const GAP = 14;
const GUTTER = 32;
const CELL_WIDTH = 240;
const LEAST_COLUMN = 220;
const MOST_CELL_HEIGHT = 420;
const HEADER = 46;
const ROW_HEADER = 30;
const ROW_GAP = 12;
const BAR = 50;
export const PREDICTION = 30;

/** The layout of a figure with a cell for each row and column, and so many lines of predictions. */
export function layout(photo: Size, columns: number, rows: number, predictions: number, hasBarPerCell = false): Layout {
  const scale = Math.min(CELL_WIDTH / photo.width, MOST_CELL_HEIGHT / photo.height);
  const width = Math.max(1, Math.round(photo.width * scale));
  const height = Math.max(1, Math.round(photo.height * scale));
  const columnWidth = Math.max(LEAST_COLUMN, width);
  const gridLeft = MARGIN + columnWidth + GUTTER;
  const gridTop = MARGIN + HEADER;
  const gridWidth = columns * (columnWidth + GAP) - GAP;
  const barHeight = hasBarPerCell ? BAR + ROW_GAP : 0;
  const rowHeight = ROW_HEADER + height + ROW_GAP + barHeight;
  const columnLeft = (column: number) => gridLeft + column * (columnWidth + GAP);
  const rowTop = (row: number) => gridTop + row * rowHeight;
  const photoTop = gridTop + ROW_HEADER;
  const predictionsTop = photoTop + height + GAP;
  const predictionsHeight = (predictions + 1) * PREDICTION;
  return {
    width: gridLeft + gridWidth + MARGIN,
    height: Math.max(rowTop(rows) + BAR - barHeight, predictionsTop + predictionsHeight) + MARGIN,
    photo: { x: MARGIN, y: photoTop, width, height },
    predictions: { x: MARGIN, y: predictionsTop, width: columnWidth, height: predictionsHeight },
    header: (column) => ({ x: columnLeft(column), y: MARGIN, width: columnWidth, height: HEADER }),
    rowHeader: (row) => ({ x: gridLeft, y: rowTop(row), width: gridWidth, height: ROW_HEADER }),
    cell: (row, column) => ({ x: columnLeft(column), y: rowTop(row) + ROW_HEADER, width, height }),
    bar: (row, column) => ({
      x: columnLeft(column),
      y: (hasBarPerCell ? rowTop(row + 1) : rowTop(rows)) - barHeight,
      width: columnWidth,
      height: BAR,
    }),
  };
}
