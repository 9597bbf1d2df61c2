// The noise of the library for make.py: node tests/golden/cams/noise.mjs, after a build. Draws from N(0, 1), of seed 5.
import { writeFileSync } from 'node:fs';
import { encodeNpy } from '../../../dist/src/core/npy.js';
import { random } from '../../../dist/src/core/random.js';
import { addNoise } from '../../../dist/src/core/soft-mask.js';

const [SEED, PICTURE, PIXELS] = [5, [3, 16, 20], [16, 20]];

function draws(count, shape) {
  const length = shape.reduce((size, side) => size * side, 1);
  const data = new Float32Array(count * length);
  for (let index = 0; index < count; index++) {
    addNoise(data.subarray(index * length, (index + 1) * length), 1, random(SEED, index));
  }
  return encodeNpy({ data, shape: [count, ...shape] });
}
const file = (name) => new URL(`${name}.npy`, import.meta.url);
writeFileSync(file('picture-noise'), draws(3, PICTURE));
writeFileSync(file('mask-noise'), draws(8 * 2, PIXELS));
