/** Long work in pieces, so that this thread can serve others and see that it should stop. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that yields wherever other work may go first: at least once in some milliseconds. */
export type Pieces<Result> = Generator<void, Result, void>;

const PER_PIECE = 64;
/** In milliseconds, after which other work may go on. */
const TURN = 2;

/** Makes items number `first` to before `end`. */
export function* made<Item>(first: number, end: number, make: (at: number) => Item): Pieces<Item[]> {
  const items: Item[] = [];
  for (let at = first; at < end; at++) {
    if (at % PER_PIECE === 0) yield;
    items.push(make(at));
  }
  return items;
}

/** Does all pieces of some work without a break. */
export function atOnce<Result>(work: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Does all pieces of some work, leaving the thread to others in between. Rejects with the signal's reason. */
export async function inTurns<Result>(work: Pieces<Result>, signal?: AbortSignal): Promise<Result> {
  for (;;) {
    signal?.throwIfAborted();
    for (const begin = performance.now(); performance.now() - begin < TURN; ) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await nextTurn();
  }
}
