import type { FoundFile } from './find-files.ts';
import type { Judged, Verdict } from './judge.ts';

/** What `verify` says, as its JSON has it. */
export interface Verification {
  readonly record: string;
  readonly verdict: Verdict;
  readonly tolerance: number;
  readonly files: readonly FoundFile[];
  /** Of what makes the numbers, where they are others now. */
  readonly versions: readonly { readonly name: string; readonly recorded?: string; readonly now?: string }[];
  /** Empty where nothing could be run again. */
  readonly attributions: readonly Judged[];
  /** Why nothing could be run again. */
  readonly failure?: string;
}
