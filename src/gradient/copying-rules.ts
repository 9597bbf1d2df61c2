/** Operators that hand values on, by another way or several times: what comes back adds up where the values came from. */

import type { Rules } from './rules/index.ts';
import * as indexing from './rules/indexing.ts';
import { DepthToSpace, SpaceToDepth, Tile } from './rules/layout.ts';
import * as movement from './rules/movement.ts';
import { MaxUnpool } from './rules/unfolding.ts';

const { Gather, GatherElements, GatherND, Compress, Pad } = indexing;

export const COPYING = {
  ...movement,
  Gather,
  GatherElements,
  GatherND,
  Compress,
  Pad,
  Tile,
  SpaceToDepth,
  DepthToSpace,
  MaxUnpool,
} satisfies Rules;
