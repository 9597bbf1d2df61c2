import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { ElementType } from '../../dist/src/onnx/element-type.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { numbersOf, tensorOf } from '../../dist/src/workers/elements.js';
import { toyGraph } from '../toy-model.ts';

const numbers = [-3e9, -200, -1.6, -0.4, 0, 0.4, 1.6, 127.4, 255.6, 70_000, 5e9];

/** What ONNX Runtime takes a tensor for: the model casts it to float64. */
async function asTaken(type: ElementType, values: readonly number[]): Promise<number[]> {
  const graph = toyGraph({
    inputs: { x: ['N'] },
    inputType: type,
    outputType: 'float64',
    build: (b) => b.op('Cast', ['x'], { to: 11 }),
  });
  const session = await InferenceSession.create(writeModel(graph), { intraOpNumThreads: 1 });
  const results = await session.run({ x: tensorOf(type, Float32Array.from(values), [values.length]) });
  await session.release();
  return Array.from(Object.values(results)[0]!.data as Float64Array);
}

describe('numbers in another element type', () => {
  test.each<[ElementType, number[]]>([
    ['uint8', [0, 0, 0, 0, 0, 0, 2, 127, 255, 255, 255]],
    ['int8', [-128, -128, -2, 0, 0, 0, 2, 127, 127, 127, 127]],
    ['uint16', [0, 0, 0, 0, 0, 0, 2, 127, 256, 65_535, 65_535]],
    ['int16', [-32_768, -200, -2, 0, 0, 0, 2, 127, 256, 32_767, 32_767]],
    ['uint32', [0, 0, 0, 0, 0, 0, 2, 127, 256, 70_000, 2 ** 32 - 1]],
    ['int32', [-(2 ** 31), -200, -2, 0, 0, 0, 2, 127, 256, 70_000, 2 ** 31 - 1]],
    ['uint64', [0, 0, 0, 0, 0, 0, 2, 127, 256, 70_000, 5e9]],
    ['int64', [-3e9, -200, -2, 0, 0, 0, 2, 127, 256, 70_000, 5e9]],
  ])('%s: the nearest that it has', async (type, wanted) => {
    expect((await asTaken(type, numbers)).map((value) => value + 0)).toEqual(wanted);
  });

  test('floats', async () => {
    const single = Array.from(Float32Array.from(numbers));
    expect(await asTaken('float64', numbers)).toEqual(single);
    expect(await asTaken('float32', numbers)).toEqual(single);
    expect(await asTaken('float16', [0.1, -2, 65504, 65519])).toEqual([0.0999755859375, -2, 65504, 65504]);
  });

  test('and back', () => {
    const values = Float32Array.of(0.5, -2, 1024);
    for (const type of ['float16', 'float32', 'float64'] as const) {
      expect(numbersOf(tensorOf(type, values, [3]))).toEqual(values);
    }
    expect(() => numbersOf(tensorOf('int64', values, [3]))).toThrow('of type int64; only floats');
  });
});
