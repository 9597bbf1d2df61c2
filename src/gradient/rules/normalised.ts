/** How each operator normalises: y = scale ⊙ (x − μ) / σ + shift, with μ and σ of x itself, over some axes of its rows. */
import { numberAttribute, numbersAttribute } from '../../onnx/attributes.ts';
import { type RuleContext, refuse } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';

export interface Normalised {
  /** Laid beside x; undefined where there is none. */
  readonly scale: string | undefined;
  readonly shift: string | undefined;
  /** A value like x, so laid out that `axes` are those that are normalised together; and back again. */
  rows(value: string): string;
  restored(rows: string): string;
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Whether μ is the mean; else it is 0. */
  readonly isCentred: boolean;
}
export type Form = (context: RuleContext) => Normalised;

const same = (value: string) => value;
const rankOf = ({ node, x, shapeOf }: RuleContext) =>
  shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
const lastAxes = (context: RuleContext) =>
  [...Array(rankOf(context)).keys()].slice(numberAttribute(context.node, 'axis', -1));
const epsilonOf = ({ node }: RuleContext) => numberAttribute(node, 'epsilon', 1e-5);

const overLastAxes =
  (isCentred: boolean): Form =>
  (context) => ({
    scale: context.inputs[1],
    shift: context.inputs[2] || undefined,
    rows: same,
    restored: same,
    axes: lastAxes(context),
    epsilon: epsilonOf(context),
    isCentred,
  });

/** The axes are those of the batch and of space, if none are said; ε is ONNX's own. */
const MeanVarianceNormalization: Form = ({ node }) => ({
  scale: undefined,
  shift: undefined,
  rows: same,
  restored: same,
  axes: numbersAttribute(node, 'axes', [0, 2, 3]),
  epsilon: 1e-9,
  isCentred: true,
});

const InstanceNormalization: Form = (context) => ({
  scale: perChannel(context, context.inputs[1]),
  shift: perChannel(context, context.inputs[2]),
  rows: same,
  restored: same,
  axes: [...Array(rankOf(context)).keys()].slice(2),
  epsilon: epsilonOf(context),
  isCentred: true,
});

/** Each group of channels is normalised as one row. */
const GroupNormalization: Form = (context) => {
  const { node, b, x } = context;
  const shape = b.constant('int64', [0, numberAttribute(node, 'num_groups', 1), -1]);
  return {
    scale: perChannel(context, context.inputs[1]),
    shift: perChannel(context, context.inputs[2]),
    rows: (value) => b.op('Reshape', [value, shape]),
    restored: (rows) => reshapeLike(b, rows, x),
    axes: [2],
    epsilon: epsilonOf(context),
    isCentred: true,
  };
};

/** A vector [C] beside values [N, C, …]. */
export function perChannel(context: RuleContext, vector: string): string {
  const after = [...Array(rankOf(context)).keys()].slice(1, -1);
  return after.length > 0 ? context.b.op('Unsqueeze', [vector, context.b.constant('int64', after)]) : vector;
}

export const NORMALISED = {
  LayerNormalization: overLastAxes(true),
  RMSNormalization: overLastAxes(false),
  /** ONNX Runtime's name for it before opset 23. */
  SimplifiedLayerNormalization: overLastAxes(false),
  MeanVarianceNormalization,
  InstanceNormalization,
  GroupNormalization,
} satisfies { readonly [operator: string]: Form };
