import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { constantOf } from '../../dist/src/onnx/constants.js';
import { type ElementType, numberOfType } from '../../dist/src/onnx/element-type.js';
import type { Graph, Node } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { singlePrecision } from '../../dist/src/onnx/single-precision.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { tensorOf } from '../../dist/src/workers/elements.js';
import { relativeError } from '../distance.ts';
import { noise, runModel, type ToyModel, toyGraph } from '../toy-model.ts';

const to = (type: ElementType) => ({ to: numberOfType(type) });
const weights = (b: Builder, shape: readonly number[], type: ElementType = 'float16') =>
  b.constant(type, Array.from(noise(shape, 3).data), shape);
const toy = (build: ToyModel['build'], more: Partial<ToyModel> = {}) =>
  toyGraph({ inputs: { x: [2, 3, 8, 8] }, inputType: 'float16', outputType: 'float16', build, ...more });
const picture = noise([2, 3, 8, 8]);

/** What ONNX Runtime makes of the file itself, whose output a Cast makes readable. */
async function runHalf(graph: Graph): Promise<ArrayLike<number>> {
  const single = { name: 'single', op: 'Cast', domain: '', inputs: [graph.outputs[0]!.name], outputs: ['single'] };
  const node: Node = { ...single, attributes: { to: { kind: 'int', value: numberOfType('float32') } } };
  const withCast: Graph = {
    ...graph,
    nodes: [...graph.nodes, node],
    outputs: [{ name: 'single', type: 'float32', shape: undefined }],
  };
  const session = await InferenceSession.create(writeModel(withCast), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const { single: result } = await session.run({ x: tensorOf('float16', picture.data, picture.shape) });
  await session.release();
  return result!.data as Float32Array;
}

const onlySingle = (graph: Graph) =>
  [...inferShapes(graph).values].filter(
    ([name, { type }]) => ['float16', 'float64'].includes(type) && !name.startsWith('single/'),
  );

describe('singlePrecision', () => {
  const cases: [string, ToyModel['build'], Partial<ToyModel>?][] = [
    ['weights', (b) => b.op('Conv', ['x', weights(b, [4, 3, 3, 3]), weights(b, [4])])],
    ['long weights', (b) => b.op('Conv', ['x', weights(b, [300, 3, 5, 5])])],
    [
      'casts',
      (b) => b.op('Cast', [b.op('Mul', [b.op('Cast', ['x'], to('float32')), b.constant('float32', 3)])], to('float16')),
    ],
    [
      'a resize in float32, as converters leave it',
      (b) => {
        const scales = b.constant('float32', [1, 1, 2, 2]);
        const resized = b.op('Resize', [b.op('Cast', ['x'], to('float32')), '', scales], { mode: 'linear' });
        return b.op('Add', [b.op('Cast', [resized], to('float16')), weights(b, [1])]);
      },
    ],
    [
      'a constant of a shape',
      (b) => {
        const value = constantOf('float16', [0.5], [1]);
        return b.op('Add', ['x', b.op('ConstantOfShape', [b.op('Shape', ['x'])], { value })]);
      },
    ],
    ['a like', (b) => b.op('Add', ['x', b.op('CastLike', [b.constant('int64', 2), 'x'])])],
    ['bounds', (b) => b.op('Clip', ['x', b.constant('float16', -0.25), b.constant('float16', 0.5)])],
    [
      'float64 on the way',
      (b) => {
        const double = b.op('Mul', [b.op('Cast', ['x'], to('float64')), weights(b, [8], 'float64')]);
        return b.op('Cast', [double], to('float16'));
      },
    ],
    ['bounds as attributes', (b) => b.op('Clip', ['x'], { min: float(-0.25), max: float(0.5) }), { opset: 7 }],
  ];

  it.each(cases)('computes the same with %s', async (_, build, more) => {
    const file = toy(build, more);
    const graph = singlePrecision(upgrade(file));
    expect(onlySingle(graph)).toEqual([]);
    const [result] = Object.values(await runModel(graph, { x: picture }));
    expect(relativeError(result!.data, await runHalf(file))).toBeLessThan(2e-3);
    expect(relativeError(result!.data, await runHalf(upgrade(file)))).toBeLessThan(2e-3);
  });

  it('reaches into subgraphs', async () => {
    const branch = (value: number): Graph => ({
      ...toy((b) => b.op('Add', ['x', b.constant('float16', value)])),
      inputs: [],
    });
    const [then, otherwise] = [branch(1), branch(2)];
    const file = toy((b) => b.op('Identity', [b.constant('bool', 1)]));
    const node: Node = {
      op: 'If',
      domain: '',
      name: 'choose',
      inputs: [file.nodes[0]!.outputs[0]!],
      outputs: ['y'],
      attributes: { then_branch: { kind: 'graph', value: then }, else_branch: { kind: 'graph', value: otherwise } },
    };
    const whole: Graph = {
      ...file,
      nodes: [...file.nodes, node],
      outputs: [{ name: 'y', type: 'float16', shape: undefined }],
    };
    const { y } = await runModel(singlePrecision(whole), { x: picture });
    expect(Array.from(y!.data)).toEqual(Array.from(picture.data, (value) => Math.fround(value + 1)));
  });

  it('holds weights once, as they are', () => {
    const file = toy((b) => b.op('Conv', ['x', weights(b, [300, 3, 5, 5])]));
    const [stored] = file.constants.values();
    const { constants } = singlePrecision(file);
    expect([...constants.values()].map(({ data }) => data)).toEqual([stored!.data]);
    expect([...constants.values()][0]!.data).toBe(stored!.data);
  });

  it('leaves a float32 graph as it is', () => {
    const file = toy((b) => b.op('Conv', ['x', weights(b, [300, 3, 5, 5], 'float32')]), {
      inputType: 'float32',
      outputType: 'float32',
    });
    expect(singlePrecision(file)).toEqual(file);
  });
});
