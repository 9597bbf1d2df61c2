/** Graphs with If, Loop and Scan that become plain nodes. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph, Shape } from '../../dist/src/onnx/graph.js';
import { toyGraph } from '../toy-model.ts';
import { type Inner, subgraph, withSubgraphs } from './subgraphs.ts';

export const SHAPE = [2, 3, 4, 4];

export interface Toy {
  readonly build: (b: Builder) => string | string[];
  readonly inner?: { readonly [node: string]: { readonly [attribute: string]: Inner } };
  readonly shape?: Shape;
}

export function graphOf({ build, inner = {}, shape = SHAPE }: Toy): Graph {
  const outer = toyGraph({ inputs: { x: shape }, build, outputType: 'other' });
  const graphs = Object.entries(inner).map(([node, attributes]) => {
    const named = Object.entries(attributes).map(([name, made]) => [name, subgraph(`s${name[0]}`, made)] as const);
    return [node, Object.fromEntries(named)] as const;
  });
  return withSubgraphs(outer, Object.fromEntries(graphs));
}

export const ints = (b: Builder, values: number | number[]) => b.constant('int64', values);
export const branch = (build: (b: Builder) => string): Inner => ({ build: (b) => [build(b)] });
export const NONE = undefined as unknown as string;

/** Condition, carried value and what is collected, of `state * 0.5 + i`. */
export const halving = (condition: (b: Builder) => string): Inner => ({
  inputs: { i: ['int64', []], goes: ['bool', []], state: ['float32'] },
  build(b) {
    const half = b.op('Mul', ['state', b.constant('float32', 0.5)]);
    const next = b.op('Add', [half, b.op('Cast', ['i'], { to: 1 })]);
    return [condition(b), next, b.op('ReduceMean', [next, ints(b, [1])], { keepdims: 0 })];
  },
  outputTypes: ['bool', 'float32', 'float32'],
});

export const scanning: Inner = {
  inputs: { state: ['float32'], element: ['float32'] },
  build(b) {
    const next = b.op('Add', ['state', 'element']);
    return [next, b.op('Mul', [next, 'element'])];
  },
};

const EMPTY = (b: Builder) => b.op('ReduceMean', ['x', ints(b, [1])], { keepdims: 0 });

export const FOLDED_CASES: [string, Toy][] = [
  [
    'If with a constant condition, which reads values from outside',
    {
      build: (b) => [b.op('If', [b.constant('bool', 0)]), b.op('Relu', ['x'])],
      inner: {
        t0_If: { then_branch: branch((b) => b.op('Exp', ['x'])), else_branch: branch((b) => b.op('Neg', ['t1_Relu'])) },
      },
    },
  ],
  [
    'If on a rank: PyTorch, squeeze',
    {
      build: (b) => {
        const length = b.op('Gather', [b.op('Shape', ['x']), ints(b, 1)]);
        return b.op('If', [b.op('Equal', [length, ints(b, 1)])]);
      },
      inner: {
        t3_If: {
          then_branch: branch((b) => b.op('Squeeze', ['x', ints(b, [1])])),
          else_branch: branch((b) => b.op('Identity', ['x'])),
        },
      },
      shape: [2, 1, 4, 4],
    },
  ],
  [
    'If on And, Or, Xor, Not, comparisons and casts',
    {
      build: (b) => {
        const [batch, channels] = [0, 1].map((at) => b.op('Gather', [b.op('Shape', ['x']), ints(b, at)]));
        const small = b.op('Less', [batch!, channels!]);
        const even = b.op('Not', [b.op('Cast', [b.op('Mod', [channels!, ints(b, 2)])], { to: 9 })]);
        const both = b.op('And', [small, b.op('Or', [even, b.op('Xor', [small, even])])]);
        return b.op('If', [both]);
      },
      inner: {
        t11_If: { then_branch: branch((b) => b.op('Exp', ['x'])), else_branch: branch((b) => b.op('Neg', ['x'])) },
      },
    },
  ],
  [
    'If whose branch is a constant, and two whose branches share names',
    {
      build: (b) => [
        b.op('If', [b.constant('bool', 1)]),
        b.op('If', [b.constant('bool', 1)]),
        b.op('If', [b.constant('bool', 1)]),
      ],
      inner: {
        t0_If: { then_branch: branch((b) => b.constant('float32', 2)), else_branch: branch((b) => b.op('Neg', ['x'])) },
        t1_If: {
          then_branch: { build: (b) => [b.op('Exp', [b.op('Neg', ['x'])])] },
          else_branch: branch((b) => b.op('Neg', ['x'])),
        },
        t2_If: {
          then_branch: { build: (b) => [b.op('Abs', [b.op('Neg', ['x'])])] },
          else_branch: branch((b) => b.op('Neg', ['x'])),
        },
      },
    },
  ],
  [
    'Loop with a trip count, which carries and collects',
    {
      build: (b) => b.ops(2, 'Loop', [ints(b, 3), b.constant('bool', 1), 'x']),
      inner: { t0_Loop: { body: halving(() => 'goes') } },
    },
  ],
  [
    'Loop without trip count or first condition, until its condition is false',
    {
      build: (b) => b.ops(2, 'Loop', [NONE, NONE, 'x']),
      inner: { t0_Loop: { body: halving((b) => b.op('Less', ['i', ints(b, 3)])) } },
    },
  ],
  [
    'Loop of no rounds',
    {
      build: (b) => b.op('Add', [b.op('Loop', [ints(b, 0), NONE, 'x']), EMPTY(b)]),
      inner: { t0_Loop: { body: { ...halving(() => 'goes'), build: (b) => ['goes', b.op('Exp', ['state'])] } } },
      shape: [2, 2, 2, 2],
    },
  ],
  [
    'Scan, forwards and backwards, along other axes',
    {
      build: (b) => {
        const state = b.op('ReduceMean', ['x', ints(b, [1])], { keepdims: 0 });
        const one = b.ops(2, 'Scan', [state, 'x'], {
          num_scan_inputs: 1,
          scan_input_axes: [1],
          scan_output_axes: [-1],
        });
        const two = b.ops(2, 'Scan', [state, 'x'], {
          num_scan_inputs: 1,
          scan_input_axes: [-3],
          scan_input_directions: [1],
          scan_output_directions: [1],
        });
        return [...one, ...two];
      },
      inner: { t1_Scan: { body: scanning }, t2_Scan: { body: scanning } },
    },
  ],
];
