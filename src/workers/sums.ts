/** Adds partial sums in the order of their numbers, whatever the order in which they arrive. */
import type { SumOutcome } from './task.ts';

export function addInOrder() {
  const waiting = new Map<number, SumOutcome>();
  const values: Float64Array[][] = [];
  const shapes: (readonly number[])[] = [];
  let next = 0;

  function add(outcome: SumOutcome, at: number): void {
    waiting.set(at, outcome);
    for (let due = waiting.get(next); due; due = waiting.get(next)) {
      waiting.delete(next++);
      shapes.splice(0, shapes.length, ...due.shapes);
      for (const { group, values: part } of due.groups) {
        const sum = values[group];
        values[group] = sum ? sum.map((array, output) => added(array, part[output]!)) : [...part];
      }
    }
  }
  return { add, values, shapes };
}

function added(sum: Float64Array, values: Float64Array): Float64Array {
  for (let at = 0; at < sum.length; at++) sum[at]! += values[at]!;
  return sum;
}
