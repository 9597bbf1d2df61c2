import type { Colormap } from './colormap.ts';
import { raised, strengthAt } from './paint.ts';
import type { Appearance } from './style.ts';

/** The colours of a style's bar [256, 3]: those of its map, or for a masked or transparent photo how much of it is left; none for the photo alone. */
export function barColours(look: Appearance): Colormap | undefined {
  const { style, colours, scale } = look;
  if (style === 'photo') return undefined;
  return Uint8Array.from({ length: 256 * 3 }, (_, at) => {
    const place = raised(Math.floor(at / 3) / 255, look);
    if (style !== 'masked' && style !== 'alpha') return colours[Math.round(place * 255) * 3 + (at % 3)]!;
    const strength = strengthAt(place, scale);
    return Math.round(style === 'masked' ? 255 * strength : 255 - 155 * strength);
  });
}
