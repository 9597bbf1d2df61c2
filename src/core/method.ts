/** What is known of a method besides how it runs: the line that it has in help texts and in the docs' table. */
import type { Attribution, Family } from './attribution.ts';
import type { Explainer } from './explainer.ts';
import type { Classifier } from './predictor.ts';
import type { ScoreKind } from './score.ts';

/** A method in the registry. Each stands beside its explainer and is listed in `compare/methods.ts`. */
export interface Method<Model extends Classifier, Options extends object> {
  /** Canonical, as in JSON and file names. */
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** What else it is called: classes of other tools, short forms. Case, `-` and `_` do not matter. */
  readonly aliases: readonly string[];
  readonly family: Family;
  readonly explain: Explainer<Model, Options, Attribution>;
  /** Each of its options with the default, in words. */
  readonly options: { readonly [name in keyof Options]-?: string };
  /** What it needs besides scores. */
  readonly needs: readonly ('gradient' | 'layer')[];
  /** How many passes of each kind, the classification among them. */
  readonly passes: { readonly forward: string; readonly backward: string };
  /** How many classes the same passes explain. */
  readonly classesPerPass: 'all' | 'one';
  /** Set where a method takes several passes for each channel of a layer: groups leave it out, its name asks for it. */
  readonly onlyByName?: true;
  /** Whether its values can be negative. */
  readonly isSigned: boolean;
  /** Shape and unit. */
  readonly values: string;
  /** How fine it is. */
  readonly resolution: string;
  /** What it explains unless told otherwise. */
  readonly score: ScoreKind;
  readonly paper: { readonly name: string; readonly url: string };
  /** When to use it, in one sentence. */
  readonly when: string;
}
