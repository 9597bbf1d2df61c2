/** How an explanation that was made again differs from the one that a record tells of. */
import { readFile } from 'node:fs/promises';
import { fingerprintOf, hashOf, keptMeans, largestDifference } from '../../compare/fingerprint.ts';
import type { Attribution } from '../../core/attribution.ts';
import { decodeNpy } from '../../core/npy.ts';
import type { RecordedAttribution } from './read-record.ts';

export type Verdict = 'same' | 'within tolerance' | 'different';

export interface Judged {
  /** The method's column, and the class. */
  readonly method: string;
  readonly target: { readonly index: number; readonly label: string };
  readonly verdict: Verdict;
  /** The largest difference of two values, as a share of the largest value in the record; null where there are none to compare. */
  readonly largestDifference: number | null;
  /** What that was found on: all values, or the means of blocks where the record's values are not beside it. */
  readonly comparedOn: 'values' | 'means';
  /** Scores and figures that are others now. */
  readonly changed: readonly Changed[];
}

export interface Changed {
  readonly name: string;
  readonly recorded: number | null;
  readonly now: number | null;
  readonly isWithinTolerance: boolean;
}

/** @param now undefined where no such explanation was made */
export async function judge(
  column: string,
  recorded: RecordedAttribution,
  now: Attribution | undefined,
  raw: string | undefined,
  tolerance: number,
): Promise<Judged> {
  const { index, label } = recorded.target;
  const heading = { method: column, target: { index, label } };
  if (!now) return { ...heading, verdict: 'different', largestDifference: null, comparedOn: 'values', changed: [] };
  const { difference, comparedOn } = await differenceOf(recorded, now, raw);
  const changed = changedFigures(recorded, now, tolerance);
  const isWithin = difference <= tolerance && changed.every(({ isWithinTolerance }) => isWithinTolerance);
  const isSame = hashOf(now.data) === recorded.fingerprint.sha256 && changed.length === 0;
  return {
    ...heading,
    verdict: isSame ? 'same' : isWithin ? 'within tolerance' : 'different',
    largestDifference: Number.isFinite(difference) ? difference : null,
    comparedOn,
    changed,
  };
}

/** Infinite where the shapes are not the same. */
async function differenceOf({ fingerprint }: RecordedAttribution, now: Attribution, raw: string | undefined) {
  if (hashOf(now.data) === fingerprint.sha256) return { difference: 0, comparedOn: 'values' } as const;
  const values = raw === undefined ? undefined : await valuesOf(raw, fingerprint.sha256);
  const [before, after] = values ? [values, now.data] : [keptMeans(fingerprint), keptMeans(fingerprintOf(now))];
  const difference = before.length === after.length ? largestDifference(before, after) : Infinity;
  // Segments, and maps of few cells, are kept whole.
  return { difference, comparedOn: before.length === now.data.length ? 'values' : 'means' } as const;
}

/** The values in a `.npy` file of the record, unless the file is no longer what it was. */
async function valuesOf(path: string, sha256: string): Promise<Float32Array | undefined> {
  const bytes = await readFile(path);
  try {
    const { data } = decodeNpy(bytes);
    return data instanceof Float32Array && hashOf(data) === sha256 ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that is one number: the score, the probability, metrics, and how alike seeds are. */
function figuresOf({
  score,
  target,
  metrics = {},
  repeat,
}: Pick<RecordedAttribution, 'score' | 'target' | 'metrics' | 'repeat'>) {
  return new Map<string, number | null>([
    ['score', score],
    ['probability', target.probability],
    ...Object.entries(metrics).map(([name, { value }]) => [name, value] as const),
    ...(repeat ? [['repeat', repeat.mean] as const] : []),
  ]);
}

function changedFigures(recorded: RecordedAttribution, now: Attribution, tolerance: number): Changed[] {
  const after = figuresOf(now as unknown as RecordedAttribution);
  return [...figuresOf(recorded)].flatMap(([name, before]) => {
    const value = after.get(name) ?? null;
    if (value === before) return [];
    const isWithinTolerance =
      value !== null && before !== null && Math.abs(value - before) <= tolerance * Math.max(1, Math.abs(before));
    return [{ name, recorded: before, now: value, isWithinTolerance }];
  });
}
