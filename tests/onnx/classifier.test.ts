import { describe, expect, it } from 'vitest';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { classifierOf } from '../../dist/src/onnx/classifier.js';
import type { Shape } from '../../dist/src/onnx/graph.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { LOGITS, withLogits } from '../../dist/src/onnx/with-logits.js';
import { noise, runModel, type ToyModel, toyGraph } from '../toy-model.ts';
import { realModels, whenAbsent } from './real-models.ts';

/** The means of the channels, as scores [N, C]. */
const scores = (b: Builder) => b.op('Flatten', [b.op('GlobalAveragePool', ['x'])]);
const image: Shape = ['N', 3, 8, 8];
const toy = (build: ToyModel['build'], more: Partial<ToyModel> = {}) =>
  toyGraph({ inputs: { x: image }, build, outputs: ['y'], ...more });

describe('classifierOf', () => {
  it('finds the picture and the scores', () => {
    expect(classifierOf(toy(scores))).toEqual({
      input: { name: 'x', type: 'float32', shape: image },
      layout: 'nchw',
      channels: 3,
      height: 8,
      width: 8,
      fixedBatch: undefined,
      output: 'y',
      logits: 'y',
      activation: 'softmax',
      binary: false,
      classes: 3,
    });
  });

  it.each<[string, Shape, object]>([
    ['channels first', ['N', 3, 8, 9], { layout: 'nchw', channels: 3, height: 8, width: 9 }],
    ['channels last', ['N', 8, 9, 3], { layout: 'nhwc', channels: 3, height: 8, width: 9 }],
    ['grey, channels first', [1, 1, 28, 28], { layout: 'nchw', channels: 1, fixedBatch: 1 }],
    ['grey, channels last', [4, 28, 28, 1], { layout: 'nhwc', channels: 1, fixedBatch: 4 }],
    ['any size', ['N', 3, 'H', 'W'], { layout: 'nchw', height: undefined, width: undefined }],
  ])('reads the layout of %s', (_, shape, wanted) => {
    expect(classifierOf(toy(scores, { inputs: { x: shape }, outputShapes: [['N', 5]] }))).toMatchObject(wanted);
  });

  it('takes the channels of the first convolution where the file leaves them open', () => {
    const build = (b: Builder) =>
      b.op('Flatten', [
        b.op('GlobalAveragePool', [b.op('Conv', ['x', b.constant('float32', Array(12).fill(1), [4, 3, 1, 1])])]),
      ]);
    expect(classifierOf(toy(build, { inputs: { x: ['N', 'C', 'H', 'W'] } }))).toMatchObject({
      layout: 'nchw',
      channels: 3,
      classes: 4,
    });
  });

  it.each(['float16', 'float64', 'uint8', 'int8', 'int32', 'int64'] as const)('takes a picture of %s', (type) => {
    const build = (b: Builder) => {
      const single = b.op('Cast', ['x'], { to: 1 });
      return b.op('Flatten', [b.op('GlobalAveragePool', [single])]);
    };
    expect(classifierOf(toy(build, { inputType: type }))).toMatchObject({ input: { type }, classes: 3 });
  });

  it.each(['float16', 'float64'] as const)('takes scores of %s', (type) => {
    const build = (b: Builder) => b.op('Softmax', [scores(b)]);
    expect(classifierOf(toy(build, { inputType: type, outputType: type }))).toMatchObject({ output: 'y', classes: 3 });
  });

  it('lets the caller say the layout', () => {
    const square = toy(scores, { inputs: { x: ['N', 3, 8, 3] } });
    expect(classifierOf(square).layout).toBe('nchw');
    expect(classifierOf(square, { layout: 'nhwc' })).toMatchObject({ layout: 'nhwc', height: 3, width: 8 });
  });

  it.each<[string, (b: Builder) => string, object]>([
    ['a softmax', (b) => b.op('Softmax', [scores(b)]), { logits: 't1_Flatten', activation: 'softmax', binary: false }],
    ['a sigmoid', (b) => b.op('Sigmoid', [scores(b)]), { logits: 't1_Flatten', activation: 'sigmoid' }],
    ['a log-softmax', (b) => b.op('LogSoftmax', [scores(b)]), { logits: 't1_Flatten', activation: 'softmax' }],
    [
      'a softmax before a reshape',
      (b) => b.op('Identity', [b.op('Reshape', [b.op('Softmax', [scores(b)]), b.constant('int64', [-1, 3])])]),
      { logits: 't1_Flatten', activation: 'softmax' },
    ],
    [
      'a softmax of maps of one cell',
      (b) => b.op('Softmax', [b.op('GlobalAveragePool', ['x'])], { axis: 1 }),
      { logits: 't0_GlobalAveragePool', activation: 'softmax', classes: 3 },
    ],
  ])('looks behind %s', (_, build, wanted) => {
    expect(classifierOf(toy(build))).toMatchObject({ output: 'y', ...wanted });
  });

  it('takes the output of shape [N, classes], or the one named', () => {
    const two = toy((b) => [b.op('Relu', ['x']), scores(b)], { outputs: ['features', 'y'] });
    expect(classifierOf(two).output).toBe('y');
    expect(classifierOf(two, { outputName: 'features' }).output).toBe('features');
  });

  it.each<[string, Partial<ToyModel>, Parameters<typeof classifierOf>[1], string]>([
    [
      'two inputs',
      { inputs: { x: image, meta: ['N', 2] } },
      {},
      "the model: expected one input, a picture, received 'x' float32[N, 3, 8, 8] and 'meta' float32[N, 2].",
    ],
    [
      'a vector',
      { inputs: { x: ['N', 7] } },
      {},
      "input 'x': expected a picture [N, C, H, W] or [N, H, W, C] of 1 or 3 channels, received 'x' float32[N, 7].",
    ],
    ['four channels', { inputs: { x: ['N', 4, 8, 8] } }, {}, "of 1 or 3 channels, received 'x' float32[N, 4, 8, 8]."],
    [
      'a layout that does not fit',
      {},
      { layout: 'nhwc' },
      "of 1 or 3 channels in nhwc, received 'x' float32[N, 3, 8, 8].",
    ],
    [
      'bfloat16',
      { inputType: 'bfloat16' },
      {},
      "input 'x': expected float32, float16, float64 or whole numbers of 8 bits or more, received bfloat16. Save the model",
    ],
    ['truth values', { inputType: 'bool' }, {}, 'received bool.'],
    [
      'scores of whole numbers',
      { outputType: 'int64', build: (b) => b.op('ArgMax', ['x']) },
      {},
      "an output [N, classes] of float32, float16 or float64, received 'y' int64",
    ],
    [
      'maps only',
      { build: (b) => [b.op('Relu', ['x']), b.op('Abs', ['x'])], outputs: ['a', 'b'] },
      {},
      "the model: expected an output [N, classes] of float32, float16 or float64, received 'a' float32[N, 3, 8, 8] and 'b' float32[N, 3, 8, 8].",
    ],
    ['an unknown output', {}, { outputName: 'z' }, "outputName: expected one of 'y', received 'z'."],
  ])('refuses %s', (_, change, options, message) => {
    expect(() =>
      classifierOf(toyGraph({ inputs: { x: image }, build: scores, outputs: ['y'], ...change }), options),
    ).toThrow(expect.objectContaining({ code: 'ERR_MODEL', message: expect.stringContaining(message) }));
  });
});

describe('withLogits', () => {
  function expectClose(received: Float32Array, wanted: readonly number[], digits = 6) {
    expect(received).toHaveLength(wanted.length);
    for (const [at, value] of wanted.entries()) expect(received[at]).toBeCloseTo(value, digits);
  }

  const means = (channels: number, picture = noise([2, channels, 8, 8])) =>
    Array.from(
      { length: 2 * channels },
      (_, at) => picture.data.slice(64 * at, 64 * (at + 1)).reduce((sum, value) => sum + value, 0) / 64,
    );

  it.each<[string, (b: Builder) => string]>([
    ['logits', scores],
    ['a softmax', (b) => b.op('Softmax', [scores(b)])],
    [
      'a softmax in half precision',
      (b) =>
        b.op('Cast', [b.op('Softmax', [b.op('Cast', [b.op('Cast', [scores(b)], { to: 1 })], { to: 10 })])], { to: 1 }),
    ],
    ['maps of one cell', (b) => b.op('GlobalAveragePool', ['x'])],
  ])('gives [N, classes] of a model that ends in %s', async (ending, build) => {
    const graph = toy(build);
    const result = withLogits(graph, classifierOf(graph));
    expect(result.outputs).toEqual([{ name: LOGITS, type: 'float32', shape: ['N', 3] }]);
    const { [LOGITS]: logits } = await runModel(result, { x: noise([2, 3, 8, 8]) });
    expect(logits!.shape).toEqual([2, 3]);
    expectClose(logits!.data, means(3), ending.endsWith('half precision') ? 3 : 6);
  });

  it.each<[string, (b: Builder) => string]>([
    ['a sigmoid', (b) => b.op('Sigmoid', [scores(b)])],
    ['nothing', scores],
  ])('makes two classes of one number that ends in %s', async (_, build) => {
    const graph = toy(build, { inputs: { x: ['N', 1, 8, 8] } });
    const classifier = classifierOf(graph);
    expect(classifier).toMatchObject({ binary: true, classes: 2, activation: 'sigmoid' });
    const { [LOGITS]: logits } = await runModel(withLogits(graph, classifier), { x: noise([2, 1, 8, 8]) });
    const [a, b] = means(1) as [number, number];
    expectClose(logits!.data, [-a, a, -b, b]);
  });

  it('takes a graph that it made itself', async () => {
    const graph = toy((b) => b.op('Softmax', [scores(b)]));
    const made = withLogits(graph, classifierOf(graph));
    const { [LOGITS]: logits } = await runModel(withLogits(made, classifierOf(made)), { x: noise([2, 3, 8, 8]) });
    expectClose(logits!.data, means(3));
  });

  it('gives one row for a model without a batch axis, and drops what logits do not need', async () => {
    const graph = toy((b) => b.op('Softmax', [b.op('Reshape', [scores(b), b.constant('int64', [-1])])]), {
      inputs: { x: [1, 3, 8, 8] },
    });
    const result = withLogits(graph, classifierOf(graph));
    const { [LOGITS]: logits } = await runModel(result, { x: noise([1, 3, 8, 8]) });
    expect(logits!.shape).toEqual([1, 3]);
    expect(result.nodes.map(({ op }) => op)).not.toContain('Softmax');
  });
});

describe.skipIf(realModels.length === 0)(`a real model${whenAbsent}`, () => {
  it.each(realModels)('$name gives logits as it is', async ({ path }) => {
    const found = classifierOf(upgrade(await readGraph(path)));
    expect(found).toMatchObject({ layout: 'nchw', channels: 3, output: 'logits', logits: 'logits' });
  });
});
