/** Gradients and scores that are no numbers: one sentence that names the value where they first appear. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compare, gradCam, integratedGradients, loadModel, saliency } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { toyGraph } from '../toy-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SIDE = 4;
const grey = { data: new Uint8Array(3 * SIDE * SIDE).fill(128), width: SIDE, height: SIDE };
const constant = (b: Builder, value: number) => b.constant('float32', value);

/** A 1 × 1 convolution (the identity), what `body` makes of it, its mean over the picture, and a score for each channel. */
async function toy(name: string, body: (b: Builder, x: string) => string) {
  const graph = toyGraph({
    inputs: { picture: ['N', 3, SIDE, SIDE] },
    outputs: ['scores'],
    outputShapes: [['N', 3]],
    build(b) {
      const identity = b.constant('float32', [1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3, 1, 1]);
      const features = b.op('Conv', ['picture', identity]);
      return b.op('Flatten', [b.op('GlobalAveragePool', [body(b, features)])]);
    },
  });
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, writeModel(graph));
  // The pixels themselves less 128: the grey picture is 0 everywhere.
  return loadModel(path, { workers: 1, mean: [128, 128, 128], std: [1, 1, 1] });
}

const refusal = (message: string) => expect.objectContaining({ code: 'ERR_NOT_FINITE', message });

describe('a gradient that is not finite', () => {
  it('names the gradient where it begins: a square root at 0', async () => {
    await using model = await toy('sqrt', (b, x) => b.op('Sqrt', [b.op('Mul', [x, x])]));
    const first =
      "expected finite numbers, received NaN or infinity, first in the gradient of 't1_Mul', the input of Sqrt. " +
      'Methods without gradients (occlusion, lime) may still work.';
    await expect(saliency(model, grey, { target: 1 })).rejects.toThrow(
      refusal(`gradient of the logit of 'class 1' by 'picture': ${first}`),
    );
    await expect(gradCam(model, grey, { target: 2, layer: 't0_Conv' })).rejects.toThrow(
      refusal(`gradient of the logit of 'class 2' by 't0_Conv': ${first}`),
    );
  });

  it('names the value where it begins, though the gradient only fails behind it: an overflow', async () => {
    await using model = await toy('exp', (b, x) => {
      const power = b.op('Exp', [b.op('Add', [x, constant(b, 100)])]);
      return b.op('Div', [power, b.op('Add', [power, constant(b, 1)])]);
    });
    await expect(saliency(model, grey, { target: 0 })).rejects.toThrow(
      /scores .* first in 't2_Exp', the output of Exp\.$/,
    );
  });

  it('names a value that is finite again in the scores', async () => {
    await using model = await toy('vanishing', (b, x) =>
      b.op('Reciprocal', [b.op('Exp', [b.op('Add', [x, constant(b, 100)])])]),
    );
    await expect(saliency(model, grey, { target: 0 })).rejects.toThrow(
      /^gradient .* NaN or infinity, first in 't2_Exp', the output of Exp\. Methods/,
    );
  });

  it('finds the one point of a path', async () => {
    await using model = await toy('pole', (b, x) => b.op('Sqrt', [b.op('Abs', [b.op('Sub', [x, constant(b, 50)])])]));
    const options = { baseline: 100, steps: 101, quadrature: 'trapezoid', target: 0 } as const;
    await expect(integratedGradients(model, grey, options)).rejects.toThrow(
      /'class 0' by 'picture'.* first in the gradient of 't2_Abs', the input of Sqrt/,
    );
    await expect(integratedGradients(model, grey, { ...options, baseline: 40 })).resolves.toHaveProperty('data');
  });

  it('leaves other methods alone', async () => {
    await using model = await toy('left', (b, x) => b.op('Sqrt', [b.op('Abs', [x])]));
    const { attributions, refused } = await compare(model, grey, {
      methods: ['occlusion', 'saliency'],
      targets: [0],
      window: 2,
    });
    expect(attributions.map(({ method }) => method)).toEqual(['occlusion']);
    expect(refused).toEqual([{ method: 'saliency', error: expect.objectContaining({ code: 'ERR_NOT_FINITE' }) }]);
  });
});

describe('scores that are no numbers', () => {
  it('names the value where they begin: the logarithm of a negative number', async () => {
    await using model = await toy('log', (b, x) => b.op('Relu', [b.op('Log', [b.op('Sub', [x, constant(b, 1)])])]));
    await expect(model.classify(grey)).rejects.toThrow(
      refusal(
        "scores of the picture: expected finite numbers, received NaN or infinity, first in 't2_Log', the output of Log.",
      ),
    );
  });

  it('names an overflow, and takes the logarithm of 0 for a score', async () => {
    await using large = await toy('large', (b, x) => b.op('Exp', [b.op('Add', [x, constant(b, 100)])]));
    await expect(large.classify(grey)).rejects.toThrow(/first in 't2_Exp', the output of Exp\.$/);
    await using none = await toy('none', (b, x) => b.op('Log', [x]));
    await expect(none.logits((await none.prepare(grey)).picture)).resolves.toEqual(
      Float64Array.of(-Infinity, -Infinity, -Infinity),
    );
  });
});
