/** The attributions as the page shows them: a row for each class, a column for each method. */
import { columnNames } from '../../compare/column-names.ts';
import type { Attribution } from '../../core/attribution.ts';
import type { Target } from '../../core/target.ts';
import { columnTitles } from '../column-words.ts';

export interface Grid {
  readonly classes: readonly Target[];
  readonly columns: readonly Column[];
  readonly cells: readonly Cell[];
}

export interface Column {
  /** As in file names and matrices: `occlusion-2`. */
  readonly name: string;
  /** As people write it, with the options in which columns of one method differ. */
  readonly title: string;
  readonly attributions: readonly Attribution[];
}

export interface Cell {
  readonly attribution: Attribution;
  /** Positions in `classes` and `columns`. */
  readonly row: number;
  readonly column: number;
}

export function gridOf(attributions: readonly Attribution[]): Grid {
  const names = columnNames(attributions);
  const columnsByName = [...new Set(names)];
  const groups = columnsByName.map((name) => attributions.filter((_, at) => names[at] === name));
  const titles = columnTitles(groups);
  const indices = [...new Set(attributions.map(({ target }) => target.index))];
  return {
    classes: indices.map((index) => attributions.find(({ target }) => target.index === index)!.target),
    columns: columnsByName.map((name, at) => ({ name, title: titles[at]!, attributions: groups[at]! })),
    cells: attributions.map((attribution, at) => ({
      attribution,
      row: indices.indexOf(attribution.target.index),
      column: columnsByName.indexOf(names[at]!),
    })),
  };
}

/** The first of a label's synonyms. */
export const shortLabel = ({ label }: Target): string => label.split(',')[0]!.trim() || label;
