/** A model with functions of its own, as ONNX Runtime runs it, against the graph with their nodes in place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExplainError } from '../../dist/src/core/errors.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { fold } from '../../dist/src/onnx/fold.js';
import { parseGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { subgraph, type ToyFunction, withFunctions, withSubgraphs } from './subgraphs.ts';

const SHAPE = [2, 3, 4];

const main = (build: (b: Builder) => string, opset = 21) =>
  toyGraph({ inputs: { x: SHAPE }, build, outputs: ['y'], domains: { toy: 1 }, opset });
const call = (b: Builder, name: string, inputs: string[], attributes = {}) => b.op(name, inputs, attributes, 'toy');
const functionOf = (
  name: string,
  inputs: string[],
  build: (b: Builder) => string[],
  rest: Partial<ToyFunction> = {},
): ToyFunction => ({ name, inputs, graph: subgraph('f', { build }), ...rest });

const twice = functionOf('Twice', ['a'], (b) => [b.op('Add', ['a', 'a'])]);
const scaled = functionOf('Scaled', ['a'], (b) => [b.op('Mul', [call(b, 'Twice', ['a']), b.constant('float32', 0.3)])]);
const softened = functionOf('Softened', ['a'], (b) => [b.op('Softmax', ['a'])], {
  attributes: ['along'],
  references: { f0_Softmax: { axis: 'along' } },
});
const cut = functionOf('Cut', ['a', 'least', 'most'], (b) => [b.op('Clip', ['a', 'least', 'most'])]);
const unnamed = (toy: ToyFunction): ToyFunction => ({
  ...toy,
  graph: { ...toy.graph, nodes: toy.graph.nodes.map((node) => ({ ...node, name: '' })) },
});
const choosing = (): ToyFunction => {
  const body = subgraph('f', {
    build: (b) => [b.op('If', [b.op('Greater', [b.op('ReduceSum', ['a'], { keepdims: 0 }), b.op('Sum', ['least'])])])],
  });
  const branch = (op: string) => subgraph('x', { build: (b) => [b.op(op, [b.op('Exp', ['a'])])] });
  const graph = withSubgraphs(body, { f3_If: { then_branch: branch('Neg'), else_branch: branch('Sqrt') } });
  return { name: 'Choosing', inputs: ['a', 'least'], graph };
};

const cases: [string, (b: Builder) => string, ToyFunction[]][] = [
  ['a function in a function, called twice', (b) => call(b, 'Scaled', [call(b, 'Scaled', ['x'])]), [twice, scaled]],
  ['an attribute of the call', (b) => call(b, 'Softened', ['x'], { along: 1 }), [softened]],
  ['an attribute left out', (b) => call(b, 'Softened', ['x']), [softened]],
  [
    'an attribute with a default',
    (b) => call(b, 'Softened', ['x']),
    [{ ...softened, attributes: [], defaults: { along: 0 } }],
  ],
  ['an optional input left out', (b) => call(b, 'Cut', ['x', '', b.constant('float32', 0.1)]), [cut]],
  ['optional inputs at the end left out', (b) => call(b, 'Cut', ['x', b.constant('float32', 0.1)]), [cut]],
  [
    'nodes without names',
    (b) => b.op('Sub', [call(b, 'Twofold', ['x']), call(b, 'Twofold', ['x'])]),
    [unnamed(functionOf('Twofold', ['a'], (b) => [b.op('Abs', [b.op('Abs', ['a'])])]))],
  ],
  [
    'a subgraph that reads what the function has',
    (b) => call(b, 'Choosing', ['x', b.constant('float32', 9)]),
    [choosing()],
  ],
  [
    'two outputs, one of them not asked for',
    (b) => b.ops(2, 'Both', ['x'], {}, 'toy')[1]!,
    [functionOf('Both', ['a'], (b) => [b.op('Neg', ['a']), b.op('Exp', ['a'])])],
  ],
  ['another operator set, where nothing changed', (b) => call(b, 'Twice', ['x']), [{ ...twice, opset: 18 }]],
];

describe('functions of the model', () => {
  it.each(cases)('%s', async (_, build, functions) => {
    const bytes = withFunctions(main(build), functions);
    const read = parseGraph(bytes, 'm');
    expect(read.nodes.filter(({ domain }) => domain === 'toy')).toEqual([]);
    const x = noise(SHAPE);
    const [wanted, received] = [await runModel(bytes, { x }), await runModel(read, { x })];
    expect(received.y).toEqual(wanted.y);
  });

  it('keeps names as caller/inner, and apart where they are taken', () => {
    const graph = main((b) => b.op('Add', [call(b, 'Scaled', ['x']), 't0_Scaled/f0_Twice']));
    const taken = {
      ...graph,
      nodes: [...graph.nodes, { ...graph.nodes[0]!, op: 'Abs', domain: '', outputs: ['t0_Scaled/f0_Twice'] }],
    };
    const read = parseGraph(withFunctions(taken, [twice, scaled]), 'm');
    expect(read.nodes.map(({ op, name, outputs }) => [op, name, outputs[0]])).toEqual(
      expect.arrayContaining([
        ['Add', 't0_Scaled/f0_Twice/f0_Add', 't0_Scaled/f0_Twice_2'],
        ['Mul', 't0_Scaled/f1_Mul', 't0_Scaled'],
      ]),
    );
  });

  it('hands on an input that is an output too', async () => {
    const through = functionOf('Through', ['a'], () => ['a']);
    const read = parseGraph(
      withFunctions(
        main((b) => b.op('Neg', [call(b, 'Through', ['x'])])),
        [through],
      ),
      'm',
    );
    const x = noise(SHAPE);
    expect((await runModel(read, { x })).y!.data).toEqual(x.data.map((value) => -value));
  });

  it('puts a function in the place of its call in a branch', () => {
    const graph = withSubgraphs(
      main((b) => b.op('If', [b.constant('bool', 1)])),
      {
        t0_If: {
          then_branch: subgraph('p', { build: (b) => [call(b, 'Twice', ['x'])] }),
          else_branch: subgraph('q', { build: (b) => [b.op('Neg', ['x'])] }),
        },
      },
    );
    expect(fold(parseGraph(withFunctions(graph, [twice]), 'm')).nodes.map(({ op }) => op)).toEqual(['Add']);
  });
});

describe('refuses in one sentence', () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, at) =>
      functionOf(`F${at}`, ['a'], (b) => [
        at === 0 ? b.op('Abs', ['a']) : b.op('Add', [call(b, `F${at - 1}`, ['a']), call(b, `F${at - 1}`, ['a'])]),
      ]),
    );
  it.each<[string, string, ToyFunction[], number, string]>([
    [
      'functions that call each other',
      'A',
      [functionOf('A', ['a'], (b) => [call(b, 'B', ['a'])]), functionOf('B', ['a'], (b) => [call(b, 'A', ['a'])])],
      21,
      "A 'f0_A' in m: expected functions that do not call themselves, received A → B → A.",
    ],
    ['functions that double each other', 'F39', nested(40), 21, 'm: expected functions of at most 100000 nodes'],
    [
      'functions too deep in each other',
      'F99',
      Array.from({ length: 100 }, (_, at) =>
        functionOf(`F${at}`, ['a'], (b) => [at === 0 ? b.op('Abs', ['a']) : call(b, `F${at - 1}`, ['a'])]),
      ),
      21,
      'expected functions at most 64 deep in each other, received deeper ones.',
    ],
    [
      'an operator that changed between the operator sets',
      'Softened',
      [{ ...softened, opset: 11 }],
      21,
      "Softened 't0_Softened' in m: expected a body of operator set 21, as the model's, received 11, where Softmax meant something else.",
    ],
    [
      'too many outputs',
      'Both',
      [{ ...twice, name: 'Both' }],
      21,
      "Both 't0_Both' in m: expected at most 1 outputs, received 2.",
    ],
  ])('%s', (_, name, functions, opset, message) => {
    const graph = main((b) => b.ops(name === 'Both' ? 2 : 1, name, ['x'], {}, 'toy')[0]!, opset);
    expect(() => parseGraph(withFunctions(graph, functions), 'm')).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL', message: expect.stringContaining(message) }),
    );
  });

  it('gives a graph or an ExplainError, whatever the bytes', () => {
    const graph = main((b) => call(b, 'Choosing', [call(b, 'Scaled', ['x']), b.constant('float32', 9)]));
    const bytes = withFunctions(graph, [twice, scaled, choosing(), softened]);
    const outcomes = { read: 0, refused: 0 };
    const change = fc.record({ at: fc.nat(bytes.length - 1), put: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const mutated = bytes.slice();
        for (const { at, put } of changes) mutated[at] = put;
        try {
          fold(upgrade(parseGraph(mutated, 'm')));
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(ExplainError);
          outcomes.refused++;
        }
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(50);
  });
});
