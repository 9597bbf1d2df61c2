import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers that depends on nothing but its seed and index. */
export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  /** A whole number in [0, limit). */
  integer(limit: number): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
}

/** The random stream of the `index`-th recipe (or pixel, or row) under `seed`: streams do not depend on one another. */
export function random(seed: number, index = 0): Random {
  const generator = xoroshiro128plus(mix(mix(seed) ^ index));
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (limit) => uniformInt(generator, 0, limit - 1),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** MurmurHash3's 32-bit finaliser: neighbouring numbers to unrelated ones. */
function mix(number: number): number {
  let hash = (number + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
