import { type Attribution, spatialMap } from '../core/attribution.ts';
import { onInput } from '../core/sample.ts';
import { pearson, ranks } from './similarity.ts';

/**
 * Runs a method again with the seeds that follow its own, and says of each attribution how alike the maps of all seeds are.
 * What takes no seed, and what has the same bytes under another one, draws nothing and stays as it is.
 * @param first the attributions [targets] of the method's own seed
 * @param count of seeds in all
 * @param again explains the same targets with another seed
 */
export async function repeated(
  first: readonly Attribution[],
  count: number,
  again: (seed: number) => Promise<readonly Attribution[]>,
): Promise<readonly Attribution[]> {
  const seed = first[0]?.seed;
  if (seed === undefined || count < 2) return first;
  const seeds = Array.from({ length: count }, (_, at) => seed + at);
  const rankings = [first.map(ranking)];
  for (const other of seeds.slice(1)) {
    const run = await again(other);
    if (rankings.length === 1 && run.every((attribution, at) => hasSameBytes(attribution, first[at]!))) return first;
    rankings.push(run.map(ranking));
  }
  return first.map((attribution, at) => {
    const correlations = pairs(rankings.map((run) => run[at]!)).map(([a, b]) => pearson(a, b));
    return { ...attribution, repeat: { seeds, ...meanAndLeast(correlations) } };
  });
}

const ranking = (attribution: Attribution) => ranks(onInput(spatialMap(attribution), attribution.inputSize));

const hasSameBytes = (a: Attribution, b: Attribution) => bytesOf(a).equals(bytesOf(b));
const bytesOf = ({ data }: Attribution) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, at) => items.slice(at + 1).map((b): [T, T] => [a, b]));

/** Null where a map is constant, so that a correlation is not defined. */
function meanAndLeast(values: readonly number[]): { mean: number | null; least: number | null } {
  if (values.some(Number.isNaN)) return { mean: null, least: null };
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, least: Math.min(...values) };
}
