/** Finds the batch at which a model is fastest, by a few runs of each. */

const ROUNDS = 4;
/** What a batch must save to be preferred: less is chance. */
const LEAST_SAVING = 0.05;

/**
 * The one of some batches that takes the least time, or the first where none saves 5 %. One that fails, or gives other
 * scores than the first to the last bit, is not taken: speed may be chosen, numbers may not.
 * @param run scores the same rows at a batch
 */
export async function fastestBatch(
  batches: readonly number[],
  run: (batch: number) => Promise<Float64Array>,
): Promise<number> {
  const usual = batches[0]!;
  const scores = Buffer.from((await run(usual)).buffer);
  const times = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const batch of batches) {
      const begin = performance.now();
      const found = await run(batch).catch((reason) => {
        if (batch === usual) throw reason;
      });
      const isSame = found && Buffer.from(found.buffer).equals(scores);
      const time = isSame ? performance.now() - begin : Infinity;
      times.set(batch, Math.min(time, times.get(batch) ?? time));
    }
  }
  const fastest = batches.reduce((best, batch) => (times.get(batch)! < times.get(best)! ? batch : best));
  return times.get(fastest)! <= (1 - LEAST_SAVING) * times.get(usual)! ? fastest : usual;
}
