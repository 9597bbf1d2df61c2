/** Arithmetic on shapes that is done beforehand, exactly as ONNX Runtime would do it. */
import { describe, expect, it } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { fold } from '../../dist/src/onnx/fold.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { noise, runModel } from '../toy-model.ts';
import { graphOf, ints, SHAPE } from './control-flow-cases.ts';
import { realModels, whenAbsent } from './real-models.ts';

const operators = (graph: Graph) => graph.nodes.map(({ op }) => op);

describe('shape arithmetic', () => {
  it('becomes constants where all lengths are known, and stays where the batch is not', async () => {
    const build = (b: Builder) => {
      const lengths = [0, 1, 2, 3].map((axis) => b.op('Gather', [b.op('Shape', ['x']), ints(b, axis)]));
      const rows = b.op('Mul', [lengths[2]!, lengths[3]!]);
      const target = [lengths[0]!, b.op('Div', [rows, ints(b, 2)]), ints(b, -1)].map((length) =>
        b.op('Reshape', [length, ints(b, [1])]),
      );
      return b.op('Reshape', ['x', b.op('Concat', target, { axis: 0 })]);
    };
    const fixed = fold(graphOf({ build }));
    expect(operators(fixed)).toEqual(['Reshape']);
    const open = fold(graphOf({ build, shape: ['N', 3, 4, 4] }));
    expect(operators(open)).toEqual(['Shape', 'Gather', 'Reshape', 'Concat', 'Reshape']);
    expect(inferShapes(open).outputs[0]!.shape).toEqual(['N', 8, 6]);
    const x = noise(SHAPE);
    const wanted = await runModel(graphOf({ build }), { x });
    expect(await runModel(fixed, { x })).toEqual(wanted);
    expect(await runModel(open, { x })).toEqual(wanted);
  });

  it('is rounded as the types of its numbers ask for', async () => {
    const graph = graphOf({
      build: (b) => {
        const [h, w] = [2, 3].map((axis) => b.op('Gather', [b.op('Shape', ['x']), ints(b, axis)]));
        const float = (value: string) => b.op('Cast', [value], { to: 1 });
        const third = b.op('Div', [float(h!), b.constant('float32', 3)]);
        const product = b.op('Mul', [third, b.constant('float32', 0.3)]);
        return [
          b.op('Add', [product, b.constant('float32', 1e-9)]),
          b.op('Div', [b.op('Neg', [h!]), ints(b, 3)]),
          b.op('Mod', [b.op('Neg', [h!]), ints(b, 3)]),
          b.op('Mod', [b.op('Neg', [h!]), ints(b, 3)], { fmod: 1 }),
          b.op('Cast', [b.op('Neg', [third])], { to: 7 }),
          b.op('Max', [h!, w!, ints(b, 3)]),
          b.op('ReduceProd', [b.op('Shape', ['x'])]),
        ].map((value) => b.op('Reshape', [value, ints(b, [1])]));
      },
    });
    const named = { ...graph, outputs: graph.outputs.map((output) => ({ ...output })) };
    const folded = fold(named);
    expect(operators(folded)).toEqual(Array(7).fill('Reshape'));
    const x = noise(SHAPE);
    expect(await runModel(folded, { x })).toEqual(await runModel(named, { x }));
  });

  it('lets a gradient pass where a rule asks for constants', () => {
    const build = (b: Builder) => {
      const axis = b.op('Unsqueeze', [b.op('Sub', [ints(b, 4), ints(b, 2)]), ints(b, [0])]);
      const half = b.op('Div', [b.op('Gather', [b.op('Shape', ['x']), axis]), ints(b, [2])]);
      return b.op('Slice', ['x', half, ints(b, [9]), axis]);
    };
    const graph = {
      ...graphOf({ build }),
      outputs: [{ name: 't5_Slice', type: 'float32' as const, shape: undefined }],
    };
    const differentiate = (from: Graph) => () => backwardGraph(inferShapes(from), { output: 't5_Slice', wrt: ['x'] });
    expect(differentiate(graph)).toThrow('constant axes');
    expect(differentiate(fold(graph))).not.toThrow();
  });

  it('does not follow what the file merely claims', () => {
    const graph = graphOf({ build: (b) => b.op('Reshape', ['x', b.op('Shape', [b.op('Mystery', ['x'])])]) });
    const values = new Map([['t0_Mystery', { name: 't0_Mystery', type: 'float32' as const, shape: SHAPE }]]);
    expect(operators(fold({ ...graph, values }))).toContain('Shape');
  });

  it('does not grow without end', () => {
    const graph = graphOf({
      build: (b) => {
        let [lengths, product] = [b.op('Shape', ['x']), b.op('Gather', [b.op('Shape', ['x']), ints(b, [0])])];
        for (let doubling = 0; doubling < 60; doubling++) {
          lengths = b.op('Concat', [lengths, lengths], { axis: 0 });
          product = b.op('Mul', [product, product]);
        }
        return [lengths, product];
      },
      shape: ['N', 3, 4, 4],
    });
    expect(fold(graph).nodes.length).toBeGreaterThan(100);
  });
});

describe.skipIf(realModels.length === 0)(`a real model${whenAbsent}`, () => {
  it.each(realModels)('$name gives the same outputs after folding', async ({ path }) => {
    const graph = upgrade(await readGraph(path));
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!.name];
    const feeds = { [input.name]: noise([2, ...(input.shape!.slice(1) as number[])]) };
    expect((await runModel(fold(graph), feeds))[output]).toEqual((await runModel(graph, feeds))[output]);
  });
});
