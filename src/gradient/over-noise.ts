import type { Progress, RunOptions } from '../core/predictor.ts';
import type { Noise } from '../core/recipe.ts';
import type { NoiseTunnel } from './noise-tunnel.ts';

/**
 * What a tunnel makes of values that take several passes each: they are computed for one noisy picture after the other, for
 * all targets at once, and only their sums are kept. Without a tunnel, the values of the picture itself.
 */
export async function overNoise(
  tunnel: NoiseTunnel | undefined,
  { signal, onProgress }: RunOptions,
  valuesOf: (noise: Noise | undefined, run: RunOptions) => Promise<readonly Float64Array[]>,
): Promise<readonly Float64Array[]> {
  if (!tunnel) return valuesOf(undefined, { signal, onProgress });
  const { draws, statistic } = tunnel;
  const means: Float64Array[] = [];
  const squares: Float64Array[] = [];
  for (const [past, noise] of draws.entries()) {
    const report = onProgress && ((progress: Progress) => onProgress(amongDraws(progress, past, draws.length)));
    const found = await valuesOf(noise, { signal, onProgress: report });
    for (const [target, values] of found.entries()) {
      const mean = (means[target] ??= new Float64Array(values.length));
      const square = (squares[target] ??= new Float64Array(values.length));
      for (const [at, value] of values.entries()) {
        mean[at]! += value / draws.length;
        square[at]! += value ** 2 / draws.length;
      }
    }
  }
  return means.map((mean, target) => statistic(mean, squares[target]));
}

/** Every draw takes as many passes. */
const amongDraws = ({ done, total }: Progress, past: number, draws: number): Progress => ({
  done: past * total + done,
  total: draws * total,
});
