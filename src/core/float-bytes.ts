/** Numbers as little-endian float32, in whichever order the machine has its bytes. */

export function bytesOfFloats(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * Float32Array.BYTES_PER_ELEMENT);
  return bytes;
}

export const floatsOfBytes = (bytes: Buffer): Float32Array =>
  Float32Array.from({ length: Math.floor(bytes.length / Float32Array.BYTES_PER_ELEMENT) }, (_, at) =>
    bytes.readFloatLE(at * Float32Array.BYTES_PER_ELEMENT),
  );
