import { describe, expect, it } from 'vitest';
import { checkExport } from '../../dist/src/onnx/check-export.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { relativeError } from '../distance.ts';
import { noise, runModel, toyGraph } from '../toy-model.ts';

const image = [2, 3, 5, 7];

/** A normalisation that writes `outputs` values: the picture, and running statistics. */
const normalised = (opset: number, outputs: number, extra: { readonly [name: string]: number } = {}): Graph =>
  toyGraph({
    inputs: { x: image },
    opset,
    build(b) {
      const parameter = (value: number) => b.constant('float32', [value, value, value]);
      const inputs = ['x', parameter(1), parameter(0), parameter(5), parameter(4)];
      return b.ops(outputs, 'BatchNormalization', inputs, extra)[0]!;
    },
  });

const refusal = (message: string) => expect.objectContaining({ code: 'ERR_MODEL', message });

describe('an export', () => {
  it.each([
    [7, 5, {}],
    [9, 5, {}],
    [13, 5, {}],
    [14, 3, { training_mode: 1 }],
  ] as const)('of opset %i whose normalisation has %i outputs is in training mode', async (opset, outputs, extra) => {
    const graph = normalised(opset, outputs, extra);
    expect(() => checkExport(upgrade(graph))).toThrow(
      refusal(
        "BatchNormalization 't0_BatchNormalization': expected inference mode, received training mode. Call model.eval() before the export, and leave out its training option.",
      ),
    );
    const [x, other] = [noise(image, 1), noise(image, 2)];
    const besideOther = {
      data: Float32Array.of(...x.data.subarray(0, 105), ...other.data.subarray(105)),
      shape: image,
    };
    const [alone, together] = [await runModel(graph, { x }), await runModel(graph, { x: besideOther })];
    const first = (outputs: typeof alone) => Object.values(outputs)[0]!.data[0]!;
    expect(Math.abs(first(alone) - first(together))).toBeGreaterThan(0.01);
  });

  it.each([
    [7, {}],
    [13, {}],
    [15, { training_mode: 0 }],
  ] as const)('of opset %i whose normalisation has one output is not', (opset, extra) => {
    expect(() => checkExport(upgrade(normalised(opset, 1, extra)))).not.toThrow();
  });

  it.each([9, 13, 21])('of opset %i may standardise its weights, and the upgrade keeps them so', async (opset) => {
    const graph = toyGraph({
      inputs: { x: image },
      opset,
      build(b) {
        const parameter = (value: number) => b.constant('float32', [value, value, value, value]);
        const weights = b.constant('float32', [...noise([1, 4, 27]).data], [1, 4, 27]);
        const inputs = [weights, parameter(1), parameter(0), parameter(5), parameter(4)];
        const [standardised] =
          opset < 14
            ? b.ops(5, 'BatchNormalization', inputs)
            : b.ops(3, 'BatchNormalization', inputs, { training_mode: 1 });
        return b.op('Conv', ['x', b.op('Reshape', [standardised, b.constant('int64', [4, 3, 3, 3])])]);
      },
    });
    const upgraded = upgrade(graph);
    expect(() => checkExport(upgraded)).not.toThrow();
    const x = noise(image, 1);
    const [wanted, received] = [await runModel(graph, { x }), await runModel(upgraded, { x })];
    expect(relativeError(Object.values(received)[0]!.data, Object.values(wanted)[0]!.data)).toBeLessThan(1e-6);
  });

  it("with PyTorch's operators in it is refused", () => {
    const graph = toyGraph({ inputs: { x: image }, build: (b) => b.op('ATen', ['x'], {}, 'org.pytorch.aten') });
    expect(() => checkExport(graph)).toThrow(
      refusal(
        "ATen 't0_ATen': expected an operator of ONNX, received one of 'org.pytorch.aten'. Export the model again without fallback to ATen.",
      ),
    );
  });
});
