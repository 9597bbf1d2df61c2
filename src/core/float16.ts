/** IEEE 754 binary16: one sign bit, five of exponent, ten of fraction. */

/** The bits of the nearest float16 of each number; of two equally near the even one. */
export function toFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < halves.length; at++) {
    const word = words[at]!;
    halves[at] = ((word >>> 16) & 0x8000) | magnitudeBits(word & 0x7fffffff);
  }
  return halves;
}

/** Of a float32 above 0. A fraction that rounds up to 1 carries into the exponent, and 65520 so becomes infinity. */
function magnitudeBits(word: number): number {
  if (word > 0x7f800000) return 0x7e00; // no number
  if (word >= 0x47800000) return 0x7c00; // 2^16 and above
  if (word >= 0x38800000) return (word + 0xfff + ((word >>> 13) & 1) - 0x38000000) >>> 13; // 2^−14 and above
  SINGLE.setUint32(0, word);
  return SINGLE.getFloat32(0) * 2 ** 24 + 2 ** 52 - 2 ** 52; // steps of 2^−24, rounded where doubles end
}
const SINGLE = new DataView(new ArrayBuffer(4));

/** The number that 16 bits stand for. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
