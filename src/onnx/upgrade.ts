import { expected } from '../core/errors.ts';
import { createBuilder } from './builder.ts';
import { numbersOf } from './constants.ts';
import { type Attribute, type Graph, type Node, readBy } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { topological } from './topological.ts';
import { attributesToInputs } from './upgrades/attributes-to-inputs.ts';
import { normalising } from './upgrades/normalising.ts';
import { resizing } from './upgrades/resizing.ts';
import type { Surroundings, Upgrades } from './upgrades/rule.ts';

/** The version of ONNX's operator set that all rules are written for. */
export const INTERNAL_OPSET = 21;
/** Broadcasting as NumPy's came with this one. */
export const OLDEST_OPSET = 7;
/** The file format that came with the internal opset. */
const IR_VERSION = 10;

export const UPGRADES: Upgrades = { ...attributesToInputs, ...resizing, ...normalising };

/**
 * Brings a graph to the internal opset, so that rules need to know one form of each operator. Values keep their names,
 * newer graphs stay as they are, and operators of other domains are left alone.
 * @throws `ERR_MODEL` below opset 7.
 * @example
 * const graph = upgrade(await readGraph('resnet18-v1-7.onnx'));
 */
export function upgrade(graph: Graph): Graph {
  const from = graph.opsets.get('');
  if (from === undefined || from < OLDEST_OPSET) {
    const received = from === undefined ? 'none of ONNX' : from;
    const action = `Convert it with onnx.version_converter, or export it again.`;
    throw expected('ERR_MODEL', 'the model', `operator set ${OLDEST_OPSET} or later`, received, action);
  }
  return from >= INTERNAL_OPSET ? graph : upgradeFrom(from, graph, 'upgrade/');
}

function upgradeFrom(from: number, graph: Graph, prefix: string): Graph {
  const builder = createBuilder(prefix);
  const described = [...graph.values.values(), ...graph.inputs, ...graph.outputs];
  const ranks = new Map(described.map(({ name, shape }) => [name, shape?.length]));
  const types = inferShapes(graph).values;
  const around: Surroundings = {
    builder,
    rankOf: (value) => ranks.get(value),
    typeOf: (value) => types.get(value)?.type,
    numbersOf(value = '') {
      const constant = graph.constants.get(value) ?? builder.constants.get(value);
      return constant && numbersOf(constant);
    },
  };
  const nodes = graph.nodes.map((node, at) => upgradeNode(from, withInner(from, node, `${prefix}${at}/`), around));
  const constants = new Map([...graph.constants, ...builder.constants]);
  const made = new Set([...builder.nodes, ...nodes].flatMap(({ outputs }) => outputs));
  const outer = nodes.flatMap(readBy).filter((name) => !made.has(name));
  const given = new Set([...outer, ...graph.inputs.map(({ name }) => name), ...constants.keys()]);
  return {
    ...graph,
    irVersion: Math.max(graph.irVersion, IR_VERSION),
    opsets: new Map([...graph.opsets, ['', INTERNAL_OPSET]]),
    nodes: topological([...builder.nodes, ...nodes], given, 'the model'),
    constants,
  };
}

function upgradeNode(from: number, node: Node, around: Surroundings): Node {
  if (node.domain !== '') return node;
  let upgraded = node;
  for (let version = from + 1; version <= INTERNAL_OPSET; version++) {
    const steps = Object.hasOwn(UPGRADES, upgraded.op) ? UPGRADES[upgraded.op] : undefined;
    upgraded = steps?.[version]?.(upgraded, around) ?? upgraded;
  }
  return upgraded;
}

/** Whether a node means something else, or is written in another way, in one of two versions of ONNX's operator set. */
export function changedBetween(node: Node, one: number, other: number): boolean {
  const steps = node.domain === '' && Object.hasOwn(UPGRADES, node.op) ? UPGRADES[node.op]! : {};
  const [older, newer] = [Math.min(one, other), Math.max(one, other)];
  return Object.keys(steps).some((version) => Number(version) > older && Number(version) <= newer);
}

/** The node with its subgraphs upgraded. */
function withInner(from: number, node: Node, prefix: string): Node {
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => {
    if (attribute.kind !== 'graph') return [name, attribute];
    return [name, { kind: 'graph', value: upgradeFrom(from, attribute.value, `${prefix}${name}/`) }];
  });
  return { ...node, attributes: Object.fromEntries(attributes) };
}
