/** Cases of matrix products. */
import { float } from '../../dist/src/onnx/builder.js';
import { mixed, plain, type RuleCase, weights } from './rule-case.ts';

const einsum = (equation: string, ...shapes: (readonly number[])[]) => plain('Einsum', equation, shapes, { equation });

export const LINEAR_CASES: readonly RuleCase[] = [
  ...[0, 1].flatMap((transA) =>
    [0, 1].map((transB) =>
      plain('Gemm', `transA ${transA} transB ${transB}`, [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]], {
        transA,
        transB,
        alpha: float(0.5),
        beta: float(2),
      }),
    ),
  ),
  mixed('Gemm', 'no bias', [[2, 4]], (b) => [weights(b, [4, 3])]),
  plain('MatMul', 'matrices', [
    [3, 4],
    [4, 5],
  ]),
  plain('MatMul', 'batch of one matrix', [
    [2, 6, 3, 4],
    [4, 5],
  ]),
  plain('MatMul', 'broadcast batches', [
    [2, 1, 3, 4],
    [6, 4, 1],
  ]),
  plain('MatMul', 'vector and matrix', [[4], [4, 5]]),
  plain('MatMul', 'matrix and vector', [[3, 4], [4]]),
  plain('MatMul', 'vectors', [[4], [4]]),
  plain('MatMul', 'vector and batch', [[4], [2, 4, 5]]),
  plain('MatMul', 'batch and vector', [[2, 3, 4], [4]]),
  einsum('ij,jk->ik', [3, 4], [4, 5]),
  einsum('bhid,bhjd->bhij', [2, 3, 4, 5], [2, 3, 6, 5]),
  einsum('bhij,bhjd->bhid', [2, 3, 4, 5], [2, 3, 5, 6]),
  einsum('bhwc,hkc->bhwk', [2, 3, 4, 5], [3, 6, 5]),
  einsum('nchw->nc', [2, 3, 4, 5]),
  einsum('ij->ji', [3, 4]),
  einsum('ij, j', [3, 4], [4]),
  einsum('i,j->ij', [3], [4]),
  einsum('ij,kl->il', [2, 3], [4, 5]),
  einsum('...ij,...jk->...ik', [2, 3, 4, 5], [2, 3, 5, 6]),
  einsum('bi,io,bo->b', [2, 3], [3, 4], [2, 4]),
  einsum('...ij,...jk->...ik', [2, 3, 4, 5], [1, 3, 5, 6]),
  einsum('...i,...i->...', [1, 3], [2, 3]),
  einsum('bhn,bn->b', [2, 1, 3], [2, 3]),
];
