/** Einsum's equation "ij,jk->ik": one letter for each axis of each input, and those of the result; the others are summed over. */
export interface EinsumEquation {
  /** The letters of each input's axes. */
  readonly terms: readonly string[];
  readonly result: string;
}

const LETTERS = /[a-zA-Z]/g;
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Reads an equation; an ellipsis gets letters of its own, as many as the inputs' ranks leave, from the last one on. */
export function einsumEquation(equation: string, ranks: readonly number[]): EinsumEquation {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const written = left.split(',');
  const free = [...CAPITALS].filter((letter) => !equation.includes(letter)).join('');
  const hidden = written.map((term, at) => (term.includes('...') ? ranks[at]! - term.length + '...'.length : 0));
  const ellipsis = (count: number) => free.slice(free.length - count);
  const terms = written.map((term, at) => term.replace('...', ellipsis(hidden[at]!)));
  const longest = ellipsis(Math.max(...hidden));
  return { terms, result: right?.replace('...', longest) ?? longest + lettersThatOccurOnce(left) };
}

const lettersThatOccurOnce = (terms: string): string => {
  const letters: readonly string[] = terms.match(LETTERS) ?? [];
  return letters
    .filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter))
    .sort()
    .join('');
};
