/** The explorer's form. What is chosen stands in its inputs and nowhere else. */
import type { Heatmap } from './unpack.ts';

export interface Choice {
  readonly first: Heatmap;
  readonly second: Heatmap;
  readonly view: 'single' | 'side' | 'difference';
  /** The heatmaps' opacity, 0 to 1; each has its own until one is chosen. */
  readonly strength: number | undefined;
}

export interface ExplorerForm {
  draw(): void;
  choose(heatmap: Heatmap): void;
}

/** Calls `onChoice` at most once a frame, as inputs change. */
export function formOf(
  form: HTMLFormElement,
  heatmaps: readonly Heatmap[],
  onChoice: (choice: Choice) => void,
): ExplorerForm {
  const { strength, other } = form.elements as unknown as { strength: HTMLInputElement; other: HTMLSelectElement };
  const radios = (name: string) => [...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
  const check = (name: string, value: number) => {
    for (const radio of radios(name)) radio.checked = Number(radio.value) === value;
  };
  const chosen = (name: string) => new FormData(form).get(name);
  const find = (row: number, column: number) =>
    heatmaps.find((heatmap) => heatmap.row === row && heatmap.column === column);
  let isStrengthChosen = false;
  let isDue = false;

  /** The map of the class and method; where there is none, the first of the class. */
  const firstMap = (): Heatmap => {
    const row = Number(chosen('class'));
    for (const radio of radios('method')) radio.disabled = !find(row, Number(radio.value));
    const found = find(row, Number(chosen('method'))) ?? heatmaps.find((heatmap) => heatmap.row === row)!;
    check('method', found.column);
    return found;
  };

  const draw = () => {
    isDue = false;
    const first = firstMap();
    if (!isStrengthChosen) strength.valueAsNumber = Math.round(100 * first.look.alpha);
    for (const label of form.querySelectorAll<HTMLOutputElement>('output')) label.value = `${strength.value} %`;
    const view = chosen('view') as Choice['view'];
    other.disabled = view === 'single';
    const chosenStrength = isStrengthChosen ? strength.valueAsNumber / 100 : undefined;
    onChoice({ first, second: heatmaps[Number(other.value)]!, view, strength: chosenStrength });
  };
  const drawSoon = () => {
    if (!isDue) requestAnimationFrame(draw);
    isDue = true;
  };
  strength.addEventListener('input', () => {
    isStrengthChosen = true;
  });
  form.addEventListener('input', drawSoon);
  form.addEventListener('submit', (event) => event.preventDefault());
  return {
    draw,
    choose({ row, column }) {
      check('class', row);
      check('method', column);
      draw();
    },
  };
}
