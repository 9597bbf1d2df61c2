/** Old and upgraded models must give ONNX Runtime's same outputs on the same input. */
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../dist/src/onnx/read.js';
import { INTERNAL_OPSET, upgrade } from '../../dist/src/onnx/upgrade.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { realModels, whenAbsent } from './real-models.ts';
import { batchNorm, image, upgradeCases } from './upgrade-cases.ts';

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at]!)), 0);

describe('upgrade', () => {
  it.each(upgradeCases)(
    'keeps what $of of opset $opset computes',
    async ({ of, opset, shape, build, outputShapes }) => {
      const old = toyGraph({ inputs: { x: shape }, build, opset, ...(outputShapes && { outputShapes }) });
      const upgraded = upgrade(old);
      expect(upgraded.opsets.get('')).toBe(INTERNAL_OPSET);
      const [wanted, received] = [
        await runModel(old, { x: noise(shape) }),
        await runModel(upgraded, { x: noise(shape) }),
      ];
      for (const [name, { data, shape: lengths }] of Object.entries(wanted)) {
        expect(received[name]!.shape).toEqual(lengths);
        // ONNX Runtime has another AveragePool since 19, which divides in another order.
        const tolerance = of.startsWith('AveragePool') ? 2 ** -23 : 0;
        expect(largestDifference(received[name]!.data, data)).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  it('drops the axes of a two-dimensional Softmax without a Reshape', () => {
    const old = toyGraph({ inputs: { x: ['N', 5] }, build: (b) => b.op('Softmax', ['x']), opset: 9 });
    expect(upgrade(old).nodes.map(({ op }) => op)).toEqual(['Softmax']);
  });

  it('leaves other domains and newer graphs alone', () => {
    const other = toyGraph({
      inputs: { x: [2] },
      build: (b) => b.op('Softmax', ['x'], {}, 'com.microsoft'),
      opset: 7,
      domains: { 'com.microsoft': 1 },
    });
    expect(upgrade(other).nodes).toEqual(other.nodes);
    const newer = toyGraph({ inputs: { x: [2] }, build: (b) => b.op('Relu', ['x']), opset: 23 });
    expect(upgrade(newer)).toBe(newer);
  });

  it.each([
    [
      'an operator set below 7',
      () => toyGraph({ inputs: { x: [2] }, build: (b) => b.op('Relu', ['x']), opset: 6 }),
      'the model: expected operator set 7 or later, received 6.',
    ],
    [
      'statistics for each pixel',
      () => toyGraph({ inputs: { x: image }, build: (b) => batchNorm(b, { spatial: 0 }), opset: 7 }),
      "BatchNormalization 't0_BatchNormalization': expected spatial = 1",
    ],
    [
      'an old Scan',
      () => toyGraph({ inputs: { x: [2] }, build: (b) => b.op('Scan', ['x']), opset: 8 }),
      'expected the form of opset 9',
    ],
  ])('refuses %s', (_, graph, message) => {
    expect(() => upgrade(graph())).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL', message: expect.stringContaining(message) }),
    );
  });
});

describe.skipIf(realModels.length === 0)(`a real model${whenAbsent}`, () => {
  it.each(realModels)('$name gives the same outputs after the upgrade', async ({ path }) => {
    const graph = upgrade(await readGraph(path));
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!.name];
    const picture = noise([2, ...(input.shape!.slice(1) as number[])]);
    const [wanted, received] = [
      await runModel(path, { [input.name]: picture }),
      await runModel(graph, { [input.name]: picture }),
    ];
    expect(received[output]!.data).toEqual(wanted[output]!.data);
  });
});
