/** Memory of a worker's own for maps, crops and what comes out of stages. What is given back goes to the next that asks for about as much. */
import { copyCellsIn } from './copy-cells.ts';
import { BYTES, ownMemory } from './own-memory.ts';

export interface CellMemory {
  /** The place of so many numbers, whatever they are. */
  take(length: number): number;
  /** What begins at a place is no longer read. */
  give(start: number): void;
  /** Numbers from a place on. Good until the next `take`, which may move all of the memory. */
  view(start: number, length: number): Float32Array;
  /** Copies rectangles of `rows` × `columns` in each of some planes. Places and distances are in numbers. */
  copy(from: Strided, to: Strided, planes: number, rows: number, columns: number): void;
}

/** The place of a first number, and how far rows and planes lie apart. */
export interface Strided {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
}

export function createCellMemory(): CellMemory {
  const { memory, take, view } = ownMemory();
  const copyCells = copyCellsIn(memory);
  /** Places that are free, by the logarithm of their length; and the length's logarithm, by the place. */
  const free = new Map<number, number[]>();
  const sizes = new Map<number, number>();

  function fresh(size: number): number {
    const start = take(2 ** size) / BYTES;
    sizes.set(start, size);
    return start;
  }

  return {
    take(length) {
      const size = Math.max(2, Math.ceil(Math.log2(length)));
      return free.get(size)?.pop() ?? fresh(size);
    },
    give(start) {
      const size = sizes.get(start)!;
      const others = free.get(size);
      if (others) others.push(start);
      else free.set(size, [start]);
    },
    view: (start, length) => view(start * BYTES, length),
    copy(from, to, planes, rows, columns) {
      if (planes <= 0 || rows <= 0 || columns <= 0) return;
      copyCells(
        from.start * BYTES,
        from.row * BYTES,
        (from.plane - rows * from.row) * BYTES,
        to.start * BYTES,
        to.row * BYTES,
        (to.plane - rows * to.row) * BYTES,
        planes,
        rows,
        columns * BYTES,
      );
    },
  };
}
