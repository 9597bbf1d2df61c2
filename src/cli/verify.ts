/** `verify RECORD`: makes the explanations of a record again and says whether they are the same. */
import { columnNames } from '../compare/column-names.ts';
import type { Comparison } from '../compare/compare.ts';
import type { Attribution } from '../core/attribution.ts';
import { checkNumber } from '../core/check.ts';
import { ExplainError } from '../core/errors.ts';
import { versions } from './document.ts';
import { interruptSignal } from './interrupt.ts';
import { withDefaultsLike } from './like.ts';
import { loadGivenModel, loadPhoto, loadTensor } from './load.ts';
import { type Given, listed, numberOption } from './options.ts';
import { PLANS } from './plan.ts';
import { withPaths } from './record.ts';
import { explain } from './run.ts';
import { asDrawn } from './verify/as-drawn.ts';
import { type FoundFile, findFiles, placesOf } from './verify/find-files.ts';
import { judge, type Verdict } from './verify/judge.ts';
import { type ExplanationRecord, readRecord } from './verify/read-record.ts';
import { sentences } from './verify/sentences.ts';
import type { Verification } from './verify/verification.ts';

const TOLERANCE = 1e-3;

/** Exit code 0 for the same and within the tolerance, 1 for different. */
export async function verify(path: string, given: Given): Promise<void> {
  const tolerance = checkNumber(numberOption(given, 'tolerance') ?? TOLERANCE, '--tolerance', 0);
  const record = await readRecord(path);
  const files = await findFiles(record, path);
  const missing = files.filter(({ state }) => state === 'missing');
  const again = missing.length > 0 ? { attributions: [] } : await madeAgain(record, path, files, tolerance, given);
  const verification: Verification = {
    record: path,
    verdict: verdictOf(files, again),
    tolerance,
    files,
    versions: changedVersions(record.versions),
    ...again,
  };
  process.stdout.write(given.json ? `${JSON.stringify(verification)}\n` : sentences(verification));
  if (verification.verdict === 'different') process.exitCode = 1;
}

type Again = Pick<Verification, 'attributions' | 'failure'>;

async function madeAgain(
  record: ExplanationRecord,
  path: string,
  files: readonly FoundFile[],
  tolerance: number,
  given: Given,
): Promise<Again> {
  const { signal, dispose } = interruptSignal();
  try {
    const { attributions } = await explainedAgain(record, files, given, signal);
    const columns = columnsOf(attributions);
    const recorded = columnNames(record.attributions as unknown as Attribution[]);
    const judged = record.attributions.map((attribution, at) => {
      const now = columns.get(`${recorded[at]} ${attribution.target.index}`);
      const [raw] = attribution.raw === undefined ? [] : placesOf(attribution.raw, path);
      return judge(recorded[at]!, attribution, now, raw, tolerance);
    });
    return { attributions: await Promise.all(judged) };
  } catch (error) {
    if (!(error instanceof ExplainError)) throw error;
    return { attributions: [], failure: error.message };
  } finally {
    dispose();
  }
}

const columnsOf = (attributions: readonly Attribution[]): ReadonlyMap<string, Attribution> => {
  const columns = columnNames(attributions);
  return new Map(attributions.map((attribution, at) => [`${columns[at]} ${attribution.target.index}`, attribution]));
};

/** The record's run, of the classes that it explained, with the files where they are now. */
async function explainedAgain(
  { run, attributions }: ExplanationRecord,
  files: readonly FoundFile[],
  { workers, quiet }: Given,
  signal: AbortSignal,
): Promise<Comparison> {
  const [model, photo, ...others] = files;
  const options = withPaths(run.options, (path) => others.find((file) => file.path === path)?.found ?? path);
  const targets = [...new Set(attributions.map(({ target }) => String(target.index)))];
  const methods = asDrawn(listed(options, 'method') ?? [], attributions);
  const asked = withDefaultsLike({ ...options, methods, target: undefined, targets, workers, quiet });
  await using loaded = await loadGivenModel(asked, model!.found);
  const load = run.options.input === undefined ? loadPhoto : loadTensor;
  return await explain(loaded, await load(photo!.found!, loaded), asked, PLANS[run.command], signal);
}

function verdictOf(files: readonly FoundFile[], { attributions, failure }: Again): Verdict {
  const verdicts = attributions.map(({ verdict }) => verdict);
  if (failure || files.some(({ state }) => state !== 'unchanged') || verdicts.includes('different')) return 'different';
  return verdicts.includes('within tolerance') ? 'within tolerance' : 'same';
}

function changedVersions(recorded: ExplanationRecord['versions']): Verification['versions'] {
  const now = versions();
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(now)])];
  return names.flatMap((name) =>
    recorded[name] === now[name] ? [] : [{ name, recorded: recorded[name]!, now: now[name]! }],
  );
}
