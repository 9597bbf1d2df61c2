/** Numbers as short texts: their bytes deflated, in base64. The page takes them apart again. */
import { deflateRawSync } from 'node:zlib';
import { toFloat16 } from '../../core/float16.ts';
import type { PackedValues } from './page-data.ts';

export function packValues(values: Float32Array): PackedValues {
  const most = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const factor = most || 1;
  const halves = toFloat16(values.map((value) => value / factor));
  return { halves: packBytes(halves), factor };
}

/** The bytes of a typed array, little-endian. */
export const packBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  deflateRawSync(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength), { level: 9 }).toString('base64');
