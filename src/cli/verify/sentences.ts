import { formatNumber } from '../../render/format-number.ts';
import type { FoundFile } from './find-files.ts';
import type { Judged, Verdict } from './judge.ts';
import type { Verification } from './verification.ts';

const VERDICTS: { readonly [verdict in Verdict]: string } = {
  same: 'the same: every value is equal to the last bit',
  'within tolerance': 'within tolerance',
  different: 'different',
};

/** A verification in lines, the verdict first. */
export function sentences(verification: Verification): string {
  const { record, verdict, tolerance, files, versions, attributions, failure } = verification;
  const limit = verdict === 'within tolerance' ? ` (${formatNumber(tolerance)} of the largest value)` : '';
  const lines = [
    `${record}: ${VERDICTS[verdict]}${limit}.`,
    ...files.map(fileSentence),
    ...versions.map(({ name, recorded = 'none', now = 'none' }) => `${name}: ${recorded} in the record, ${now} here.`),
    ...(failure ? [`It could not be run again. ${failure}`] : []),
    ...attributions.map(attributionSentence),
  ];
  return `${lines.join('\n')}\n`;
}

const STATES: { readonly [state in FoundFile['state']]: string } = {
  unchanged: 'unchanged.',
  changed: 'changed since: its SHA-256 is another one.',
  missing: 'missing: nothing could be run again.',
};

const fileSentence = ({ what, path, state }: FoundFile) => `${what} ${path}: ${STATES[state]}`;

function attributionSentence({ method, target, verdict, largestDifference, comparedOn, changed }: Judged): string {
  const figures = changed.map(({ name, recorded, now }) => `${name} ${figure(recorded)} is now ${figure(now)}`);
  const on = comparedOn === 'means' ? ', found on the means of blocks that the record holds' : '';
  const values =
    largestDifference === null
      ? ['no values of the same shape to compare']
      : largestDifference > 0
        ? [`values differ by at most ${formatNumber(largestDifference)} of the largest${on}`]
        : [];
  const reasons = [...values, ...figures].join('; ');
  return `${method} for ${target.index} '${target.label}': ${verdict}${reasons ? `; ${reasons}` : ''}.`;
}

const figure = (value: number | null) => (value === null ? 'undefined' : String(value));
