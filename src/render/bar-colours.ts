import type { Colormap } from './colormap.ts';
import { strengthAt } from './paint.ts';
import type { Appearance } from './style.ts';

/** The colours of a style's bar [256, 3]: those of its map, or for a masked or transparent photo how much of it is left; none for the photo alone. */
export function barColours({ style, colours, scale }: Appearance): Colormap | undefined {
  if (style === 'photo') return undefined;
  if (style !== 'masked' && style !== 'alpha') return colours;
  return Uint8Array.from({ length: 256 * 3 }, (_, at) => {
    const strength = strengthAt(Math.floor(at / 3) / 255, scale);
    return Math.round(style === 'masked' ? 255 * strength : 255 - 155 * strength);
  });
}
