/** One picture of the explorer: a heading, the heatmap over the photo, a cross-hair and a colour bar. */
import type { Photo } from '../../../core/predictor.ts';
import type { View } from '../../../core/view.ts';
import { formatNumber } from '../../format-number.ts';
import type { Appearance } from '../../style.ts';
import { strongestPlace } from '../readout.ts';
import { show, showBar } from './canvas.ts';
import { part } from './part.ts';
import type { Place } from './pointing.ts';

export interface Shown {
  readonly title: string;
  readonly unit: string;
  readonly values: Float32Array;
  readonly view: View;
  readonly look: Appearance;
}

export interface Pane {
  readonly screen: HTMLElement;
  show(photo: Photo, shown: Shown): void;
  /** Moves the cross-hair, or hides it. */
  mark(place: Place | undefined): void;
}

export function paneOf(figure: HTMLElement): Pane {
  const screen = part(figure, 'screen');
  const picture = part<HTMLCanvasElement>(figure, 'picture');
  const cross = part(figure, 'cross');
  return {
    screen,
    show(photo, { title, unit, values, view, look }) {
      show(picture, photo, values, view, look);
      part(figure, 'title').textContent = title;
      picture.setAttribute('aria-label', described(title, unit, values, photo));
      showBar(part<HTMLCanvasElement>(figure, 'colours'), look.colours);
      part(figure, 'ticks').replaceChildren(...ticks(look).map(labelled));
      part(figure, 'unit').textContent = look.scale.low === look.scale.high ? `${unit}: 0 everywhere` : unit;
    },
    mark(place) {
      cross.hidden = !place;
      if (place) Object.assign(cross.style, { left: `${100 * place.x}%`, top: `${100 * place.y}%` });
    },
  };
}

function described(title: string, unit: string, values: Float32Array, { width, height }: Photo): string {
  const { x, y } = strongestPlace(values, width, height);
  const most = values[Math.floor(y * height) * width + Math.floor(x * width)]!;
  const place = `${Math.round(100 * x)} % from the left and ${Math.round(100 * y)} % from the top`;
  return `${title}: at most ${formatNumber(most)} ${unit}, ${place}`;
}

const ticks = ({ scale: { sign, low, high } }: Appearance): number[] =>
  low === high ? [] : sign === 'all' ? [low, 0, high] : [low, high];

function labelled(value: number): HTMLElement {
  const label = document.createElement('span');
  label.textContent = formatNumber(value);
  return label;
}
