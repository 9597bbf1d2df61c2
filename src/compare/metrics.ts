/** The registry. A metric is one file, which describes it, and one line here. */
import { averageDrop } from './metrics/average-drop.ts';
import { deletion } from './metrics/deletion.ts';
import { energyInBox } from './metrics/energy-in-box.ts';
import { increase } from './metrics/increase.ts';
import { infidelity } from './metrics/infidelity.ts';
import { insertion } from './metrics/insertion.ts';
import type { Metric } from './metrics/metric.ts';
import { pointingGame } from './metrics/pointing-game.ts';
import { randomization } from './metrics/randomization.ts';
import { road } from './metrics/road.ts';
import { sensitivity } from './metrics/sensitivity.ts';
import { sufficiency } from './metrics/sufficiency.ts';

/** In the order in which they are shown. */
export const METRICS: readonly Metric[] = [
  deletion,
  insertion,
  averageDrop,
  increase,
  infidelity,
  sensitivity,
  road,
  sufficiency,
  pointingGame,
  energyInBox,
  randomization,
];
