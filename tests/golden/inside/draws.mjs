/** Writes what `maximize` draws for seed 3, for the oracle to start from: node tests/golden/inside/draws.mjs (after a build). */
import { writeFileSync } from 'node:fs';
import { random } from '../../../dist/src/core/random.js';
import { greyNoise } from '../../../dist/src/inside/grey-noise.js';

const [SEED, SIZE, STEPS, JITTER, CHANNELS] = [3, 24, 6, 4, [4, 9, 2]];
const draws = CHANNELS.map((channel) => {
  const { integer } = random(SEED + 1, channel);
  const shifts = Array.from({ length: STEPS }, () => [integer(2 * JITTER + 1), integer(2 * JITTER + 1)]);
  return { channel, shifts, start: [...greyNoise([3, SIZE, SIZE], SEED, channel)] };
});
writeFileSync(new URL('draws.json', import.meta.url), `${JSON.stringify(draws)}\n`);
