/** The large pictures: what the form says is painted, and the value under the pointer is read. */
import type { Size } from '../../../image/preprocess.ts';
import { isSeen } from '../../../image/project.ts';
import { DIFFERENCE_LOOK, differenceOf, shareOfScale } from '../difference.ts';
import type { PageData } from '../page-data.ts';
import { readout, strongestPlace } from '../readout.ts';
import { photoAt, valuesOn, viewOn } from './canvas.ts';
import { type Choice, formOf } from './form.ts';
import { paneOf, type Shown } from './pane.ts';
import { part } from './part.ts';
import { type Pointed, pointing } from './pointing.ts';
import type { Heatmap } from './unpack.ts';

export interface Explorer {
  choose(heatmap: Heatmap): void;
}

interface Drawn extends Choice {
  /** Of the first and of the second map. */
  readonly values: readonly [Float32Array, Float32Array];
}

/** `onChange` is called with the first map whenever another choice is made. */
export function explorer(
  root: HTMLElement,
  heatmaps: readonly Heatmap[],
  image: HTMLImageElement,
  size: Size,
  { width, height }: Pick<PageData, 'width' | 'height'>,
  onChange: (heatmap: Heatmap) => void,
): Explorer {
  const photo = photoAt(image, size);
  const panes = [paneOf(part(root, 'first')), paneOf(part(root, 'second'))] as const;
  const status = part(root, 'readout');
  const idle = status.textContent;
  const values = remembering((heatmap) => valuesOn(heatmap, size));
  let drawn: Drawn;

  const form = formOf(part(root, 'controls'), heatmaps, (choice) => {
    const { first, second, view } = choice;
    drawn = { ...choice, values: [values(first), values(second)] };
    panes[0].show(photo, view === 'difference' ? difference(drawn) : shownOf(drawn, 0));
    part(root, 'second').hidden = view !== 'side';
    if (view === 'side') panes[1].show(photo, shownOf(drawn, 1));
    onChange(first);
  });

  const shownOf = ({ first, second, values, strength }: Drawn, at: 0 | 1): Shown => {
    const heatmap = at === 0 ? first : second;
    const { name: title, unit, look } = heatmap;
    return {
      title,
      unit,
      values: values[at],
      view: viewOn(heatmap, size),
      look: { ...look, alpha: strength ?? look.alpha },
    };
  };

  const difference = ({ first, second, values, strength }: Drawn): Shown => ({
    title: `${first.name} − ${second.name}`,
    unit: 'in lengths of the maps’ colour scales; red: the first is stronger, blue: the second',
    values: differenceOf(values[0], first.look.scale, values[1], second.look.scale),
    view: viewOn(first, size),
    look: { ...DIFFERENCE_LOOK, alpha: strength ?? DIFFERENCE_LOOK.alpha },
  });

  const read = ({ place, byKeyboard }: Pointed) => {
    for (const pane of panes) pane.mark(place);
    // A screen reader follows the keys, not each move of the pointer.
    status.setAttribute('aria-live', byKeyboard ? 'polite' : 'off');
    status.textContent = place ? readAt(place.x, place.y) : idle;
  };

  const readAt = (shareX: number, shareY: number): string => {
    const { first, second, view, values } = drawn;
    const [x, y] = [Math.floor(shareX * size.width), Math.floor(shareY * size.height)];
    const readings = (view === 'single' ? [first] : [first, second]).map(({ name, unit, look }, at) => {
      const value = values[at]![y * size.width + x]!;
      return { name, unit, value, share: shareOfScale(value, look.scale) };
    });
    const place = { x: shareX * width, y: shareY * height, isSeen: isSeen(viewOn(first, size), x, y) };
    return readout(place, readings, view === 'difference');
  };

  panes.forEach(({ screen }, at) => {
    pointing(screen, read, () => strongestPlace(drawn.values[at]!, size.width, size.height));
  });
  form.draw();
  return { choose: form.choose };
}

/** A function that keeps its last results, so that the slider does not make them again. */
function remembering(make: (heatmap: Heatmap) => Float32Array): (heatmap: Heatmap) => Float32Array {
  const kept = new Map<Heatmap, Float32Array>();
  return (heatmap) => {
    const values = kept.get(heatmap) ?? make(heatmap);
    kept.delete(heatmap);
    kept.set(heatmap, values);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return values;
  };
}
const KEPT = 4;
