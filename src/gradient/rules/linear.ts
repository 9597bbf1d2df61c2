/** Matrix products: Y = A B  →  dA = dY Bᵀ, dB = Aᵀ dY. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { float } from '../../onnx/builder.ts';
import { undoBroadcast } from '../broadcasting.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { withAxes, withoutAxes } from '../shaping.ts';

/** Y = α A′ B′ + β C, where A′ and B′ may be transposed  →  dA′ = α dY B′ᵀ, dB′ = α A′ᵀ dY, dC = β dY */
export const Gemm: Rule = (context) => {
  const { node, b, dy, mul, wants, inputs } = context;
  const [A, B, C] = inputs;
  const [alpha, beta] = [numberAttribute(node, 'alpha', 1), numberAttribute(node, 'beta', 1)];
  const [transA, transB] = [numberAttribute(node, 'transA', 0), numberAttribute(node, 'transB', 0)];
  const product = (left: string, right: string, leftTransposed: number, rightTransposed: number) =>
    b.op('Gemm', [left, right], { alpha: float(alpha), transA: leftTransposed, transB: rightTransposed });
  return [
    transA ? product(B, dy, transB, 1) : product(dy, B, 0, 1 - transB),
    transB ? product(dy, A, 1, transA) : product(A, dy, 1 - transA, 0),
    wants(2) ? undoBroadcast(context, mul(beta, dy), C) : undefined,
  ].slice(0, node.inputs.length);
};

/** The same for the last two axes; the axes before them broadcast. A vector is a matrix of one row (A) or column (B). */
export const MatMul: Rule = (context) => {
  const { b, dy, wants, inputs } = context;
  const [A, B] = inputs;
  const [row, column] = [rankOf(context, A) === 1, rankOf(context, B) === 1];
  const dY = withAxes(b, withAxes(b, dy, column ? [-1] : []), row ? [-2] : []);
  const dA = () => withoutAxes(b, b.op('MatMul', [dY, transposed(context, B, 0)]), row ? [-2] : []);
  const dB = () => withoutAxes(b, b.op('MatMul', [transposed(context, A, 1), dY]), column ? [-1] : []);
  return [wants(0) ? undoBatch(context, dA(), A) : undefined, wants(1) ? undoBatch(context, dB(), B) : undefined];
};

function rankOf({ node, shapeOf }: RuleContext, input: string): number {
  return shapeOf(input)?.length || refuse(node, `a matrix or a vector for '${input}', of a rank known beforehand`);
}

/** A vector gains an axis. */
function transposed(context: RuleContext, matrix: string, axis: number): string {
  const { b } = context;
  const axes = [...Array(rankOf(context, matrix)).keys()];
  const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
  return axes.length === 1 ? withAxes(b, matrix, [axis]) : b.op('Transpose', [matrix], { perm });
}

function undoBatch(context: RuleContext, gradient: string, input: string): string {
  const { node, y, shapeOf } = context;
  const matrices = node.inputs.filter((name) => rankOf(context, name) > 1).length;
  const lengths = shapeOf(y) ?? [];
  const batch = lengths.slice(0, lengths.length - matrices);
  return undoBroadcast(context, gradient, input, [...batch, ...shapeOf(input)!.slice(-2)]);
}
