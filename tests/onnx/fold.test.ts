/** Folded graphs must compute in ONNX Runtime what they computed before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExplainError } from '../../dist/src/core/errors.js';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import { unsupportedOperators } from '../../dist/src/gradient/unsupported-operators.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { fold, whyLeft } from '../../dist/src/onnx/fold.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { parseGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { checkGradient } from '../gradient/check-gradient.ts';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { branch, FOLDED_CASES, graphOf, halving, ints, NONE, SHAPE, scanning, type Toy } from './control-flow-cases.ts';
import { type Inner, subgraph, withSubgraphs } from './subgraphs.ts';

const CONTROL_FLOW = ['If', 'Loop', 'Scan'];
const operators = (graph: Graph) => graph.nodes.map(({ op }) => op);

describe('what is constant becomes plain nodes', () => {
  it.each(FOLDED_CASES)('%s', async (_, toy) => {
    const graph = graphOf(toy);
    const folded = fold(graph);
    expect(operators(folded).filter((op) => CONTROL_FLOW.includes(op))).toEqual([]);
    const x = noise(graph.inputs[0]!.shape as number[]);
    expect(await runModel(folded, { x })).toEqual(await runModel(graph, { x }));
  });

  it('an If in an If in a Loop', async () => {
    const inner = subgraph('i', { build: (b) => [b.op('Mul', ['state', b.constant('float32', 3)])] });
    const other = subgraph('o', { build: (b) => [b.op('Neg', ['state'])] });
    const outer = withSubgraphs(subgraph('m', { build: (b) => [b.op('If', [b.op('Equal', ['i', ints(b, 1)])])] }), {
      m1_If: { then_branch: inner, else_branch: other },
    });
    const body = withSubgraphs(
      subgraph('b', {
        inputs: { i: ['int64', []], goes: ['bool', []], state: ['float32'] },
        build: (b) => ['goes', b.op('If', [b.op('Less', ['i', ints(b, 2)])])],
        outputTypes: ['bool', 'float32'],
      }),
      { b1_If: { then_branch: outer, else_branch: subgraph('e', { build: (b) => [b.op('Exp', ['state'])] }) } },
    );
    const toy = toyGraph({ inputs: { x: SHAPE }, build: (b) => b.op('Loop', [ints(b, 3), NONE, 'x']), outputs: ['y'] });
    const graph = withSubgraphs(toy, { t0_Loop: { body } });
    const folded = fold(graph);
    expect(operators(folded)).toEqual(['Neg', 'Mul', 'Exp', 'Identity']);
    const x = noise(SHAPE);
    expect(await runModel(folded, { x })).toEqual(await runModel(graph, { x }));
  });

  it('and has a gradient', async () => {
    const graph = graphOf({
      build: (b) => b.ops(2, 'Loop', [ints(b, 3), NONE, b.op('Tanh', ['x'])])[0]!,
      inner: { t1_Loop: { body: halving(() => 'goes') } },
    });
    const named = { ...fold(graph), outputs: [{ ...graph.outputs[0]!, type: 'float32' as const }] };
    const truth = { ...graph, outputs: named.outputs };
    const { analytic, numeric, scale } = await checkGradient(named, { x: noise(SHAPE) }, 7, truth);
    expect(Math.abs(analytic - numeric)).toBeLessThanOrEqual(1e-4 * scale);
  });

  it('once the size of the picture is known', () => {
    const toy: Toy = {
      build: (b) => b.op('If', [b.op('Greater', [b.op('Gather', [b.op('Shape', ['x']), ints(b, 2)]), ints(b, 3)])]),
      inner: {
        t3_If: { then_branch: branch((b) => b.op('Exp', ['x'])), else_branch: branch((b) => b.op('Neg', ['x'])) },
      },
      shape: ['N', 3, 'h', 'w'],
    };
    const graph = graphOf(toy);
    expect(operators(fold(graph))).toContain('If');
    expect(operators(fold(graph, { x: ['N', 3, 4, 4] }))).toEqual(['Exp']);
    expect(operators(fold(graph, { x: ['N', 3, 2, 4] }))).toEqual(['Neg']);
  });
});

describe('what is not constant stays, and says why', () => {
  const negative = { then_branch: branch((b) => b.op('Exp', ['x'])), else_branch: branch((b) => b.op('Neg', ['x'])) };
  const gather = (b: Builder, axis: number) => b.op('Gather', [b.op('Shape', ['x']), ints(b, axis)]);
  const doubling = (depth: number): Inner => ({
    inputs: { i: ['int64', []], goes: ['bool', []], state: ['float32'] },
    build: (b) => ['goes', depth === 0 ? b.op('Neg', ['state']) : b.op('Loop', [ints(b, 60), NONE, 'state'])],
    outputTypes: ['bool', 'float32'],
  });
  const nested = (depth: number, prefix = 'd'): Graph => {
    const graph = subgraph(`${prefix}${depth}`, doubling(depth));
    const loop = graph.nodes.find(({ op }) => op === 'Loop');
    return loop ? withSubgraphs(graph, { [loop.name]: { body: nested(depth - 1, prefix) } }) : graph;
  };

  it.each<[string, Toy, string]>([
    [
      'an If on what the picture shows',
      {
        build: (b) =>
          b.op('If', [b.op('Greater', [b.op('ReduceMax', ['x'], { keepdims: 0 }), b.constant('float32', 0)])]),
        inner: { t2_If: negative },
      },
      "its condition 't1_Greater' is not constant",
    ],
    [
      'an If on the batch',
      {
        build: (b) => b.op('If', [b.op('Equal', [gather(b, 0), ints(b, 1)])]),
        inner: { t3_If: negative },
        shape: ['N', 3, 4, 4],
      },
      "its condition 't2_Equal' is not constant",
    ],
    [
      'an If on whether anything is left',
      {
        build: (b) => {
          const some = b.op('Slice', [
            'x',
            ints(b, [0]),
            b.op('Cast', [b.op('ReduceMax', ['x', ints(b, [0, 1, 2, 3])], { keepdims: 0 })], { to: 7 }),
          ]);
          const count = b.op('Gather', [b.op('Shape', [some]), ints(b, 0)]);
          return b.op('If', [b.op('Equal', [count, ints(b, 0)])]);
        },
        inner: { t6_If: negative },
      },
      "its condition 't5_Equal' is not constant",
    ],
    [
      'an If on a number that may be negative',
      {
        build: (b) => {
          const number = b.op('Cast', [b.op('Gather', [b.op('Reshape', ['x', ints(b, [-1])]), ints(b, 0)])], { to: 7 });
          return b.op('If', [b.op('Equal', [b.op('Sub', [gather(b, 0), number]), ints(b, -1)])]);
        },
        inner: { t7_If: negative },
      },
      "its condition 't6_Equal' is not constant",
    ],
    [
      'a Loop as often as the picture says',
      {
        build: (b) =>
          b.ops(2, 'Loop', [b.op('Cast', [b.op('ReduceMax', ['x'], { keepdims: 0 })], { to: 7 }), NONE, 'x']),
        inner: { t2_Loop: { body: halving(() => 'goes') } },
      },
      "its trip count 't1_Cast' is not constant",
    ],
    [
      'a Loop of too many rounds',
      { build: (b) => b.ops(2, 'Loop', [ints(b, 65), NONE, 'x']), inner: { t0_Loop: { body: halving(() => 'goes') } } },
      'it has more than 64 rounds',
    ],
    [
      'a Scan of a length that is not known',
      {
        build: (b) =>
          b.ops(2, 'Scan', [b.op('ReduceMean', ['x', ints(b, [0])], { keepdims: 0 }), 'x'], { num_scan_inputs: 1 }),
        inner: { t1_Scan: { body: scanning } },
        shape: ['N', 3, 4, 4],
      },
      "the length of 'x' along axis 0 is not known",
    ],
  ])('%s', (_, toy, reason) => {
    const folded = fold(graphOf(toy));
    expect([...whyLeft(folded).values()]).toEqual([reason]);
  });

  it('loops in loops in loops', () => {
    const toy = toyGraph({
      inputs: { x: SHAPE },
      build: (b) => b.op('Loop', [ints(b, 60), NONE, 'x']),
      outputs: ['y'],
    });
    const folded = fold(withSubgraphs(toy, { t0_Loop: { body: nested(6) } }));
    expect(folded.nodes.length).toBeLessThan(20_000);
    expect(new Set(whyLeft(folded).values())).toEqual(new Set(['its rounds would be too many nodes']));
  });

  it('is refused in one sentence, with other operators, where gradients pass', () => {
    const graph = graphOf({
      build: (b) => {
        const chosen = b.op('If', [
          b.op('Greater', [b.op('ReduceMax', ['x'], { keepdims: 0 }), b.constant('float32', 0)]),
        ]);
        return b.op('Mystery', [b.op('Mystery', [chosen])]);
      },
      inner: { t2_If: negative },
    });
    const shaped = inferShapes(fold({ ...graph, outputs: [{ name: 't4_Mystery', type: 'float32', shape: SHAPE }] }));
    expect(() => backwardGraph(shaped, { output: 't4_Mystery', wrt: ['x'] })).toThrow(
      "gradients: expected operators with a gradient rule, received 1 × If (t2_If: its condition 't1_Greater' is not constant); 2 × Mystery (t3_Mystery, t4_Mystery).",
    );
  });

  it('is no hindrance beside the way of the gradient', () => {
    const graph = graphOf({
      build: (b) => b.op('Mul', ['x', b.op('If', [b.op('Equal', [gather(b, 0), ints(b, 1)])])]),
      inner: {
        t3_If: {
          then_branch: { build: (b) => [b.constant('float32', 2)] },
          else_branch: { build: (b) => [b.constant('float32', 3)] },
        },
      },
      shape: ['N', 3, 4, 4],
    });
    expect(unsupportedOperators(inferShapes(fold(graph)), 't4_Mul', ['x'])).toEqual([]);
  });
});

describe('a file that cannot be trusted', () => {
  it.each(FOLDED_CASES)('gives a graph or an ExplainError: %s', (_, toy) => {
    const bytes = writeModel(graphOf(toy));
    const outcomes = { read: 0, refused: 0 };
    const change = fc.record({ at: fc.nat(bytes.length - 1), put: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const mutated = bytes.slice();
        for (const { at, put } of changes) mutated[at] = put;
        try {
          const folded = fold(upgrade(parseGraph(mutated, 'm')));
          whyLeft(folded);
          inferShapes(folded);
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(ExplainError);
          outcomes.refused++;
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(20);
  });
});
