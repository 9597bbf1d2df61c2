import { DEFAULT_METHODS } from '../compare/compare.ts';

/** In what `compare` and `explain` differ. */
export interface Plan {
  readonly methods: readonly string[];
  /** How many of the most probable classes are explained where none is named. */
  readonly top: number;
  /** Whether the explanations are put side by side. */
  readonly compares: boolean;
}

export type PlanName = 'compare' | 'explain';

export const PLANS: { readonly [name in PlanName]: Plan } = {
  compare: { methods: DEFAULT_METHODS, top: 2, compares: true },
  explain: { methods: ['grad-cam'], top: 1, compares: false },
};
