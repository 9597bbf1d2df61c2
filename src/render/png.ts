import type { Photo } from '../core/predictor.ts';
import type { Painting } from './paint.ts';

/**
 * A PNG file of RGB or RGBA pixels [height, width, 3 or 4], 0–255.
 * @example
 * await writeFile('photo.png', await png(photo));
 */
export async function png({ data, width, height }: Photo | Painting): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const channels = data.length === width * height * 4 ? 4 : 3;
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer();
}
