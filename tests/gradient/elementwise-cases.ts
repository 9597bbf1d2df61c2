/** Cases of rules that work element by element, and of reductions. */
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { awayFromZero, ints, mixed, plain, positive, type RuleCase, wide } from './rule-case.ts';

/** A Clip whose bounds follow scalars, all of which are differentiated; no value lies nearer to a bound than the step. */
const boundedClip = (variant: string, low?: number, high?: number): RuleCase => ({
  operator: 'Clip',
  variant,
  shapes: [[40], ...[low, high].filter((bound) => bound !== undefined).map(() => [])],
  build(b, [x = '', ...scalars]) {
    const near = (bound: number) => b.op('Add', [b.op('Mul', [scalars.shift()!, tenth]), b.constant('float32', bound)]);
    const tenth = b.constant('float32', 0.1);
    return b.op('Clip', [x, ...[low, high].map((bound) => (bound === undefined ? '' : near(bound)))]);
  },
  domain: (_, at) => (((at * 101) % 41) - 19.5) / 20,
});

const BINARY = ['Add', 'Sub', 'Mul', 'Div'].flatMap((operator) => [
  plain(
    operator,
    'same shapes',
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    {},
    { domain: positive },
  ),
  plain(
    operator,
    'channel and scalar',
    [
      [2, 3, 4, 5],
      [3, 1, 1],
    ],
    {},
    { domain: positive },
  ),
  plain(
    operator,
    'both broadcast',
    [
      [4, 1],
      [3, 1, 5],
    ],
    {},
    { domain: positive },
  ),
  plain(operator, 'rank 0', [[], [3]], {}, { domain: positive }),
  plain(
    operator,
    'undeclared lengths',
    [
      [4, 1],
      [2, 4, 5],
    ],
    {},
    {
      domain: positive,
      declared: [
        ['a', 'b'],
        [2, 4, 5],
      ],
    },
  ),
]);

const UNARY = [
  ...['Neg', 'Exp', 'Tanh', 'Sigmoid', 'Softplus', 'Erf', 'Identity', 'Mish', 'Dropout'].map((operator) =>
    plain(operator, 'plain', [[2, 3, 4]]),
  ),
  ...['Log', 'Sqrt', 'Reciprocal'].map((operator) => plain(operator, 'positive', [[2, 5]], {}, { domain: positive })),
  ...['Abs', 'Relu', 'LeakyRelu', 'Elu', 'Selu', 'Softsign', 'Celu'].map((operator) =>
    plain(operator, 'both sides of 0', [[2, 3, 4]], {}, { domain: awayFromZero }),
  ),
  plain('LeakyRelu', 'alpha', [[20]], { alpha: float(0.3) }, { domain: awayFromZero }),
  plain('Elu', 'alpha', [[20]], { alpha: float(0.6) }, { domain: awayFromZero }),
  plain('Celu', 'alpha', [[20]], { alpha: float(0.7) }, { domain: awayFromZero }),
  plain('Selu', 'alpha, gamma', [[20]], { alpha: float(1.2), gamma: float(0.8) }, { domain: awayFromZero }),
  plain('ThresholdedRelu', 'alpha 0', [[20]], { alpha: float(0) }, { domain: awayFromZero }),
  plain('HardSigmoid', 'default', [[40]], {}, { domain: wide }),
  plain('HardSwish', 'default', [[40]], {}, { domain: wide }),
  plain('Gelu', 'exact', [[40]], {}, { domain: wide }),
  plain('Gelu', 'tanh', [[40]], { approximate: 'tanh' }, { domain: (value) => 3 * value }),
  mixed('Clip', 'two bounds', [[40]], (b) => [b.constant('float32', -0.5), b.constant('float32', 0.25)]),
  mixed('Clip', 'upper bound', [[40]], (b) => ['', b.constant('float32', 0.25)]),
  plain('Clip', 'no bounds', [[5]]),
  mixed('Clip', 'infinite bounds', [[5]], (b) => [b.constant('float32', -Infinity), b.constant('float32', Infinity)]),
  boundedClip('computed bounds', -0.5, 0.25),
  boundedClip('computed bounds that cross', 0.25, -0.5),
  boundedClip('a computed lower bound', -0.4),
  boundedClip('a computed upper bound', undefined, 0.25),
  plain(
    'PRelu',
    'slope per channel',
    [
      [2, 3, 4],
      [3, 1],
    ],
    {},
    { domain: awayFromZero },
  ),
  ...['Sin', 'Cos', 'Tan', 'Atan', 'Sinh', 'Cosh', 'Asinh'].map((operator) => plain(operator, 'plain', [[3, 5]])),
  ...['Asin', 'Acos', 'Atanh'].map((operator) =>
    plain(operator, 'inside', [[3, 5]], {}, { domain: (value) => value / 2 }),
  ),
  plain('Acosh', 'above 1', [[3, 5]], {}, { domain: (value) => 2.5 + value }),
  plain('Swish', 'default', [[40]], {}, { domain: wide, opset: 24 }),
  plain('Swish', 'alpha', [[40]], { alpha: float(1.5) }, { domain: wide, opset: 24 }),
  plain('Shrink', 'default', [[40]], {}, { domain: (value) => value * (Math.abs(value) < 0.5 ? 0.9 : 1.1) }),
  plain('Shrink', 'lambd, bias', [[40]], { lambd: float(0), bias: float(0.2) }, { domain: awayFromZero }),
  plain('Cast', 'to double and back', [[4]], { to: 1 }),
  ...['Softmax', 'LogSoftmax'].flatMap((operator) => [
    plain(operator, 'last axis', [[2, 7]]),
    plain(operator, 'axis 1', [[2, 5, 3]], { axis: 1 }),
  ]),
];

const SEVERAL = [
  mixed('Pow', 'square', [[3, 4]], (b) => [b.constant('float32', 2)]),
  mixed('Pow', 'a whole exponent', [[3, 4]], (b) => [ints(b, 3)]),
  mixed('Pow', 'exponent 0', [[3, 4]], (b) => [b.constant('float32', 0)]),
  plain('Pow', 'both', [[3, 4], [4]], {}, { domain: positive }),
  ...['Sum', 'Mean', 'Max', 'Min'].flatMap((operator) => [
    plain(operator, 'three', [[2, 3], [3], [1, 1]]),
    plain(operator, 'one', [[2, 3]]),
  ]),
  {
    operator: 'Where',
    variant: 'broadcast',
    shapes: [[2, 1], [3]],
    build: (b: Builder, [x, z]: readonly string[]) =>
      b.op('Where', [b.constant('bool', [1, 0, 1, 0, 0, 1], [2, 3]), x, z]),
  },
];

const MOD: readonly RuleCase[] = [
  mixed(
    'Mod',
    'constant',
    [[2, 20]],
    (b) => [b.constant('float32', 0.75)],
    { fmod: 1 },
    { domain: (value, at) => Math.sign(value) * (0.75 * (at % 4) + 0.4) },
  ),
  {
    operator: 'Mod',
    variant: 'both',
    shapes: [[2, 20], [20]],
    domain: (value) => 1.2 + value / 20,
    build: (b, [x, z]) => b.op('Mod', [b.op('Add', [x!, b.constant('float32', 1.8)]), z!], { fmod: 1 }),
  },
];

const REDUCTIONS = ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL2'].flatMap((operator) => [
  mixed(operator, 'space, kept', [[2, 3, 4, 5]], (b) => [ints(b, [2, 3])]),
  mixed(operator, 'negative axis, dropped', [[2, 3, 4]], (b) => [ints(b, [-2])], { keepdims: 0 }),
  plain(operator, 'all axes', [[2, 3]], { keepdims: 0 }),
  plain(operator, 'no axes', [[2, 3]], { noop_with_empty_axes: 1 }),
]);

const SMOOTH_REDUCTIONS = ['ReduceProd', 'ReduceL1', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp'].flatMap(
  (operator) => {
    const domain = ['ReduceLogSum', 'ReduceProd'].includes(operator) ? positive : awayFromZero;
    return [
      mixed(operator, 'space, kept', [[2, 3, 2, 3]], (b) => [ints(b, [2, 3])], {}, { domain }),
      mixed(operator, 'negative axis, dropped', [[2, 3, 4]], (b) => [ints(b, [-2])], { keepdims: 0 }, { domain }),
      plain(operator, 'all axes', [[2, 2]], { keepdims: 0 }, { domain }),
    ];
  },
);

const ZEROS = [
  ...[1, 2].map((zeros) =>
    mixed(
      'ReduceProd',
      `${zeros} zeros in a row, none in the other`,
      [[2, 5]],
      (b) => [ints(b, [1])],
      {},
      { domain: (value, at) => (at < zeros ? 0 : positive(value)) },
    ),
  ),
];

export const ELEMENTWISE_CASES: readonly RuleCase[] = [
  ...BINARY,
  ...UNARY,
  ...SEVERAL,
  ...MOD,
  ...REDUCTIONS,
  ...SMOOTH_REDUCTIONS,
  ...ZEROS,
];
