/**
 * Y = Σ A B … over the letters that Y lacks  →  dA = Σ dY B … over the letters that A lacks:
 * "ij,jk->ik" gives dA by "ik,jk->ij". A letter of A that occurs nowhere else was summed over: dA is repeated along it.
 * An axis of length 1 that was repeated to another operand's length takes the sum along it.
 */
import { stringAttribute } from '../../onnx/attributes.ts';
import { einsumEquation } from '../../onnx/einsum-equation.ts';
import type { Dimension } from '../../onnx/graph.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { expandLike, withAxes } from '../shaping.ts';

export const Einsum: Rule = (context) => {
  const { node, b, dy, sum, wants, shapeOf } = context;
  const { terms, result, lengths } = equationOf(context);
  const isRepeated = (input: string, term: string, letter: string) =>
    shapeOf(input)![term.indexOf(letter)] === 1 && lengths.get(letter) !== 1;
  return node.inputs.map((input, at) => {
    if (!wants(at)) return undefined;
    const others = terms.toSpliced(at, 1);
    const kept = [...terms[at]!].filter((letter) => [result, ...others].some((term) => term.includes(letter)));
    const alone = [...terms[at]!].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
    const equation = `${[result, ...others].join()}->${kept.join('')}`;
    const gradient = b.op('Einsum', [dy, ...node.inputs.toSpliced(at, 1)], { equation });
    const repeated = [...kept].flatMap((letter, axis) => (isRepeated(input, terms[at]!, letter) ? [axis] : []));
    const own = repeated.length > 0 ? sum(gradient, repeated) : gradient;
    return alone.length > 0 ? expandLike(b, withAxes(b, own, alone), input) : own;
  });
};

function equationOf({ node, shapeOf }: RuleContext) {
  const shapes = node.inputs.map((input) => shapeOf(input) ?? refuse(node, 'inputs of ranks known beforehand'));
  const { terms, result } = einsumEquation(
    stringAttribute(node, 'equation', ''),
    shapes.map(({ length }) => length),
  );
  if (terms.some((term) => new Set(term).size < term.length)) refuse(node, 'no letter twice in a term (a diagonal)');
  const lengths = new Map<string, Dimension>();
  for (const [at, term] of terms.entries()) {
    for (const [axis, letter] of [...term].entries()) {
      const [length, known] = [shapes[at]![axis]!, lengths.get(letter) ?? 1];
      if (length !== known && length !== 1 && known !== 1) refuse(node, `inputs of one length along '${letter}'`);
      lengths.set(letter, known === 1 ? length : known);
    }
  }
  return { terms, result, lengths };
}
