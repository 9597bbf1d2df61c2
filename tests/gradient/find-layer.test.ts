/** Modules as PyTorch calls them, in the names that its two exporters write. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { findLayer } from '../../dist/src/gradient/find-layer.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { parseGraph } from '../../dist/src/onnx/read.js';
import { toyGraph } from '../toy-model.ts';

/** A chain of nodes with the given names. */
function chain(names: readonly string[]): Graph {
  const graph = toyGraph({
    inputs: { x: ['N', 3, 4, 4] },
    outputs: ['y'],
    build: (b) => [...names, 'last'].reduce((x) => b.op('Relu', [x]), 'x'),
  });
  return { ...graph, nodes: graph.nodes.map((node, at) => ({ ...node, name: names[at] ?? 'last' })) };
}
const meant = (graph: Graph, name: string) => {
  const value = findLayer(graph, 'x', 'y', name);
  return graph.nodes.find(({ outputs }) => outputs.includes(value))!.name;
};

describe('TorchScript names', () => {
  const norm = ['ReduceMean', 'Sub', 'Div', 'Mul', 'Add_1'];
  test.each<[string, readonly string[], string, string]>([
    [
      'a normalisation written out: its last value',
      norm.map((op) => `/blocks/blocks.11/norm1/${op}`),
      'blocks.11.norm1',
      '/blocks/blocks.11/norm1/Add_1',
    ],
    [
      'a list of modules',
      [...norm.map((op) => `/vit/encoder/layer.11/layernorm_before/${op}`), '/vit/encoder/layer.11/attention/MatMul'],
      'vit.encoder.layer.11.layernorm_before',
      '/vit/encoder/layer.11/layernorm_before/Add_1',
    ],
    [
      'sequences in sequences',
      ['/features/features.3/features.3.1/norm2/Add_1', '/features/features.3/features.3.1/mlp/mlp.0/MatMul'],
      'features.3.1.norm2',
      '/features/features.3/features.3.1/norm2/Add_1',
    ],
    [
      'a sequence that a module has',
      ['/layers/layers.1/blocks/blocks.0/norm2/Add_1', '/layers/layers.1/blocks/blocks.1/norm2/Add_1'],
      'layers.1.blocks.0.norm2',
      '/layers/layers.1/blocks/blocks.0/norm2/Add_1',
    ],
    ['modules of one name', ['/conv/conv/Conv', '/conv/norm/Add'], 'conv.conv', '/conv/conv/Conv'],
    [
      'a whole block',
      ['/blocks/blocks.1/norm1/Add', '/blocks/blocks.1/Add_1', '/blocks/blocks.10/Add_1'],
      'blocks.1',
      '/blocks/blocks.1/Add_1',
    ],
  ])('%s', (_, names, name, node) => {
    expect(meant(chain(names), name)).toBe(node);
  });
});

describe('the modules that the dynamo exporter notes beside its nodes', () => {
  const scopes = [
    ['node_conv2d_1', "['', 'layer4', 'layer4.1', 'layer4.1.conv2', 'conv2d_1']"],
    ['node_relu_8', "['', 'layer4', 'layer4.1', 'layer4.1.relu', 'relu_8']"],
    ['node_mean', "['', 'mean']"],
  ] as const;
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 18n }],
      graph: {
        input: [{ name: 'x' }],
        output: [{ name: 'y' }],
        node: scopes.map(([name, value], at) => ({
          name,
          opType: 'Relu',
          input: [at === 0 ? 'x' : `v${at}`],
          output: [at === scopes.length - 1 ? 'y' : `v${at + 1}`],
          metadataProps: [{ key: 'pkg.torch.onnx.name_scopes', value }],
        })),
      },
    }),
  );
  const graph = parseGraph(bytes, 'the test');
  test.each([
    ['layer4', 'node_relu_8'],
    ['layer4.1.conv2', 'node_conv2d_1'],
  ])('%s', (name, node) => {
    expect(meant(graph, name)).toBe(node);
  });
  test('of which the outermost has none', () => {
    expect(graph.nodes.map(({ scope }) => scope)).toEqual(['layer4.1.conv2', 'layer4.1.relu', undefined]);
  });
});
