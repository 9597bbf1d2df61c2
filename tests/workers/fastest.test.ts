import { describe, expect, test } from 'vitest';
import { fastest } from '../../dist/src/workers/fastest.js';

interface Way {
  readonly name: string;
  readonly costs: readonly number[];
}

/** What is found, and what was tried for it, by the costs of each trial of a way; the last of them holds from then on. */
function search(...ways: readonly Way[]): { readonly found: string; readonly tried: string } {
  const tried: string[] = [];
  const searching = fastest(ways);
  let step = searching.next();
  while (!step.done) {
    const { name, costs } = step.value;
    const before = tried.filter((other) => other === name).length;
    tried.push(name);
    step = searching.next(costs[before] ?? costs.at(-1)!);
  }
  return { found: step.value.name, tried: tried.join(' ') };
}
const way = (name: string, ...costs: readonly number[]): Way => ({ name, costs });

describe('the fastest way', () => {
  test('takes the least; the usual one and the two best others are tried more than once', () =>
    expect(search(way('a', 60), way('b', 30), way('c', 21), way('d', 20))).toEqual({
      found: 'd',
      tried: 'a b c d a d c a d c',
    }));

  test('is the usual one where no other saves enough', () =>
    expect(search(way('a', 20), way('b', 19.5), way('c', 60)).found).toBe('a'));

  test('goes by the best trial of each', () => {
    expect(search(way('a', 20, 21, 20), way('b', 21, 18, 30)).found).toBe('b');
    expect(search(way('a', 30, 18, 30), way('b', 20)).found).toBe('a');
  });

  test('is none that will not do', () =>
    expect(search(way('a', 20), way('b', Infinity), way('c', 10))).toEqual({ found: 'c', tried: 'a b c a c a c' }));

  test('is tried once where there is no other', () => expect(search(way('a', 20))).toEqual({ found: 'a', tried: 'a' }));
});
