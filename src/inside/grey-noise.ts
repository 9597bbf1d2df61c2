import { random } from '../core/random.ts';
import { sizeOf } from '../core/tensor.ts';

/** Grey pixels [C, H, W] with a little noise, uniform from 128 to 148. */
export function greyNoise(shape: readonly number[], seed: number, index: number): Float32Array {
  const { uniform } = random(seed, index);
  return Float32Array.from({ length: sizeOf(shape) }, () => GREY + NOISE * uniform());
}

export const GREY = 128;
const NOISE = 20;
