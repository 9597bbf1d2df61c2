import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fastestBatch } from '../../dist/src/workers/fastest-batch.js';

/** A model that takes so many milliseconds, and gives so great a score, at each batch. */
const model =
  (times: { [batch: number]: number }, scores: { [batch: number]: number } = {}) =>
  async (batch: number) => {
    await sleep(times[batch]);
    return Float64Array.of(scores[batch] ?? 1);
  };

describe('the fastest batch', () => {
  test.each<[string, number, Parameters<typeof model>]>([
    ['takes the least time', 4, [{ 2: 60, 4: 20, 8: 60 }]],
    ['is the usual one where that is as fast', 2, [{ 2: 20, 4: 60, 8: 60 }]],
    ['gives the same scores to the last bit', 4, [{ 2: 90, 4: 50, 8: 10 }, { 8: 1 + Number.EPSILON }]],
  ])('%s', async (_, batch, given) => expect(await fastestBatch([2, 4, 8], model(...given))).toBe(batch));

  test('is none that fails', async () => {
    const failing = async (batch: number) => {
      if (batch === 8) throw new Error('out of memory');
      return model({ 2: 60, 4: 10 })(batch);
    };
    expect(await fastestBatch([2, 4, 8], failing)).toBe(4);
  });

  test('is not looked for where the usual one fails', () =>
    expect(fastestBatch([2, 4], () => Promise.reject(new Error('broken')))).rejects.toThrow('broken'));
});
