/** Values laid out anew, repeated, or summed up along an axis. */
import { numberAttribute, stringAttribute } from '../../onnx/attributes.ts';
import { type Rule, refuse } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';

/** dy as [r₀, n₀, r₁, n₁, …], summed over the repeats r. */
export const Tile: Rule = ({ node, b, x, dy, inputs: [, repeats], shapeOf, sum }) => {
  const axes = (shapeOf(x) ?? refuse(node, 'an input of a rank known beforehand')).map((_, axis) => 2 * axis);
  const columns = [repeats, b.op('Shape', [x])].map((lengths) =>
    b.op('Unsqueeze', [lengths, b.constant('int64', [1])]),
  );
  const interleaved = b.op('Reshape', [b.op('Concat', columns, { axis: 1 }), b.constant('int64', [-1])]);
  return [reshapeLike(b, sum(b.op('Reshape', [dy, interleaved]), axes), x), undefined];
};

export const SpaceToDepth: Rule = ({ node, b, dy }) => [
  b.op('DepthToSpace', [dy], { blocksize: numberAttribute(node, 'blocksize', 1) }),
];

/** In mode DCR the places of a block vary slower than the channels, as in SpaceToDepth; in CRD (pixel shuffle) faster. */
export const DepthToSpace: Rule = ({ node, b, x, dy, shapeOf }) => {
  const blocksize = numberAttribute(node, 'blocksize', 1);
  const deep = b.op('SpaceToDepth', [dy], { blocksize });
  if (stringAttribute(node, 'mode', 'DCR') === 'DCR') return [deep];
  const channels = shapeOf(x)?.[1];
  if (typeof channels !== 'number') refuse(node, 'a number of channels known beforehand');
  const split = b.op('Reshape', [deep, b.constant('int64', [0, blocksize ** 2, channels / blocksize ** 2, -1])]);
  return [reshapeLike(b, b.op('Transpose', [split], { perm: [0, 2, 1, 3] }), x)];
};

export const Trilu: Rule = ({ node, b, dy, inputs: [, diagonal] }) => [
  b.op('Trilu', [dy, diagonal], { upper: numberAttribute(node, 'upper', 1) }),
  undefined,
];

/** What came before sums up what comes after. */
export const CumSum: Rule = ({ node, b, dy, inputs: [, axis] }) => {
  const reverse = 1 - numberAttribute(node, 'reverse', 0);
  return [b.op('CumSum', [dy, axis], { reverse, exclusive: numberAttribute(node, 'exclusive', 0) }), undefined];
};
