/** The picture formats that are decoded, known by their first bytes: what else a decoder could open is never handed to it. */

/** The bytes, in hexadecimal, that stand at an offset of such a file. */
const SIGNATURES = [
  { format: 'JPEG', offset: 0, hex: 'ffd8ff' },
  { format: 'PNG', offset: 0, hex: '89504e470d0a1a0a' },
  { format: 'WebP', offset: 8, hex: '57454250' },
  { format: 'GIF', offset: 0, hex: '47494638' },
  { format: 'TIFF', offset: 0, hex: '49492a00' },
  { format: 'TIFF', offset: 0, hex: '4d4d002a' },
  { format: 'AVIF', offset: 4, hex: '6674797061766966' },
] as const;

export const PICTURE_FORMATS = [...new Set(SIGNATURES.map(({ format }) => format))].join(', ');

/** The picture format that `bytes` begin with, if it is one that is read here. */
export function pictureFormat(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  return SIGNATURES.find(({ offset, hex }) => start.startsWith(hex, 2 * offset))?.format;
}

/** In words, what bytes are that are no picture. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'an empty file';
  const start = Buffer.from(bytes.subarray(0, 512));
  const text = start.toString('latin1');
  if (/<svg[\s>]/i.test(text)) return 'an SVG drawing';
  if (text.startsWith('%PDF')) return 'a PDF file';
  if (text.startsWith('ftyphei', 4)) return 'a HEIC picture';
  return start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13)) ? 'a text file' : 'a file of another format';
}
