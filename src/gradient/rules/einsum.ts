/**
 * Y = Σ A B … over the letters that Y lacks  →  dA = Σ dY B … over the letters that A lacks:
 * "ij,jk->ik" gives dA by "ik,jk->ij". A letter of A that occurs nowhere else was summed over: dA is repeated along it.
 */
import { stringAttribute } from '../../onnx/attributes.ts';
import { einsumEquation } from '../../onnx/einsum-equation.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { expandLike, withAxes } from '../shaping.ts';

export const Einsum: Rule = (context) => {
  const { node, b, dy, wants } = context;
  const { terms, result } = equationOf(context);
  return node.inputs.map((input, at) => {
    if (!wants(at)) return undefined;
    const others = terms.toSpliced(at, 1);
    const kept = [...terms[at]!].filter((letter) => [result, ...others].some((term) => term.includes(letter)));
    const alone = [...terms[at]!].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
    const equation = `${[result, ...others].join()}->${kept.join('')}`;
    const gradient = b.op('Einsum', [dy, ...node.inputs.toSpliced(at, 1)], { equation });
    return alone.length > 0 ? expandLike(b, withAxes(b, gradient, alone), input) : gradient;
  });
};

function equationOf({ node, shapeOf }: RuleContext) {
  const shapes = node.inputs.map((input) => shapeOf(input) ?? refuse(node, 'inputs of ranks known beforehand'));
  const { terms, result } = einsumEquation(
    stringAttribute(node, 'equation', ''),
    shapes.map(({ length }) => length),
  );
  if (terms.some((term) => new Set(term).size < term.length)) refuse(node, 'no letter twice in a term (a diagonal)');
  const lengths = new Map<string, unknown>();
  for (const [at, term] of terms.entries()) {
    for (const [axis, letter] of [...term].entries()) {
      const length = shapes[at]![axis];
      if ((lengths.get(letter) ?? length) !== length)
        refuse(node, `inputs of one length along '${letter}', none of them repeated`);
      lengths.set(letter, length);
    }
  }
  return { terms, result };
}
