/**
 * Reverse-mode differentiation of an ONNX graph, emitted as ONNX: walk from the output back to `wrt`, let each
 * operator's rule turn dL/dy into dL/dx, and add up what reaches a value over several ways.
 */
import { expected } from '../core/errors.ts';
import { type Builder, createBuilder } from '../onnx/builder.ts';
import { isFloat } from '../onnx/element-type.ts';
import { extend } from '../onnx/extend.ts';
import { type Graph, type Node, producers, type Value } from '../onnx/graph.ts';
import { prune } from '../onnx/prune.ts';
import { type Accumulator, accumulator } from './accumulator.ts';
import { type Neighbours, neighboursIn } from './neighbours.ts';
import { type GradientPath, nodesBetween } from './nodes-between.ts';
import { operatorOf, refuse } from './rule.ts';
import { ruleContext } from './rule-context.ts';
import { RULES, type Rules } from './rules/index.ts';
import { splitConvolutions } from './split-convolutions.ts';
import { refuseUnsupported, unsupportedOperators } from './unsupported-operators.ts';

export interface BackwardOptions {
  /** The value L is computed from, e.g. the logits [N, classes]. */
  readonly output: string;
  /** The values to differentiate with respect to: the picture, or inner ones. */
  readonly wrt: readonly string[];
  readonly rules?: Rules;
  /** What errors call what is computed. Default: gradients. */
  readonly title?: string;
}

export interface Backward {
  /**
   * Its outputs: the gradients, the inner values of `wrt`, and `output`. It says the shapes of all gradients, with which ONNX
   * Runtime finds more of them to be equal, and leaves more in its blocked layout, than it would by itself.
   */
  readonly graph: Graph;
  /** The name of the added input dL/d(output), of the output's shape. */
  readonly seed: string;
  /** The name of the gradient [shape of the value] for each value of `wrt`. */
  readonly gradients: ReadonlyMap<string, string>;
  /** The same for every value on the way, from the output backwards. */
  readonly onTheWay: ReadonlyMap<string, string>;
}

/**
 * The graph that computes, beside `output`, its gradient with respect to each of `wrt`, given dL/d(output) as an input.
 * @param graph of the internal opset, with shapes inferred
 * @throws `ERR_OPERATOR` for operators without a gradient rule, all in one sentence; `ERR_LAYER` where `output` does not
 * depend on a value of `wrt`
 * @example
 * const { graph: backward, seed, gradients } = backwardGraph(shaped, { output: 'logits', wrt: ['data'] });
 */
export function backwardGraph(
  graph: Graph,
  { output, wrt, rules = RULES, title = 'gradients' }: BackwardOptions,
): Backward {
  refuseUnsupported(unsupportedOperators(graph, output, wrt, rules), title);
  const prefix = unusedPrefix(graph);
  const seed = `${prefix}seed`;
  const b = createBuilder(`${prefix}n`);
  const reached = accumulator(b);
  const added: AddedOutputs = new Map();
  const shapes = new Map<string, Value>();
  reached.add(output, seed);
  const path = nodesBetween(graph, wrt, output);
  const neighbours = neighboursIn(graph, [...wrt, output]);
  for (const node of path.nodes.toReversed())
    propagate({ graph, node, b, path, neighbours, rules, reached, added, shapes, prefix });

  const gradients = new Map(
    wrt.map((value) => [value, b.op('Identity', [reached.total(value) ?? independent(value, output)])]),
  );
  const onTheWay = new Map(
    [...path.values].reverse().flatMap((value) => {
      const gradient = reached.total(value);
      return gradient === undefined ? [] : [[value, gradient] as const];
    }),
  );
  const inner = wrt.filter((value) => !graph.inputs.some(({ name }) => name === value));
  const like = (name: string, value: string): Value => ({
    name,
    type: 'float32',
    shape: graph.values.get(value)?.shape,
  });
  const outputs = [
    ...Array.from(gradients, ([value, gradient]) => like(gradient, value)),
    ...Array.from(new Set([...inner, output]), (value) => like(value, value)),
  ];
  const nodes = graph.nodes.map((node) => withOutputs(node, added.get(node)));
  const extended = extend({ ...graph, nodes }, b, { inputs: [like(seed, output)], outputs });
  const names = outputs.map(({ name }) => name);
  return { graph: splitConvolutions(prune({ ...extended, values: shapes }, names)), seed, gradients, onTheWay };
}

/** The names of outputs that rules switched on, by node and place. */
type AddedOutputs = Map<Node, Map<number, string>>;

interface Visit {
  readonly graph: Graph;
  readonly node: Node;
  readonly b: Builder;
  readonly path: GradientPath;
  readonly neighbours: Neighbours;
  readonly rules: Rules;
  readonly reached: Accumulator;
  readonly added: AddedOutputs;
  readonly shapes: Map<string, Value>;
  readonly prefix: string;
}

/** Hands the gradient of a node's outputs on to its inputs. */
function propagate({ graph, node, b, path, neighbours, rules, reached, added, shapes, prefix }: Visit): void {
  const dys = node.outputs.map(reached.total);
  if (dys.every((dy) => dy === undefined)) return;
  const wants = (at: number) => path.values.has(node.inputs[at] ?? '');
  const switchOn = (at: number) => {
    const name = `${prefix}${node.outputs[0]}_${at}`;
    added.set(node, new Map([...(added.get(node) ?? []), [at, name]]));
    return name;
  };
  const gradients = rules[operatorOf(node)]!(ruleContext({ graph, node, b, neighbours, dys, wants, switchOn }));
  if (gradients.slice(node.inputs.length).some(Boolean)) {
    throw new Error(
      `internal: the rule of ${node.op} gives ${gradients.length} gradients for ${node.inputs.length} inputs`,
    );
  }
  for (const [at, input] of node.inputs.entries()) {
    if (!wants(at)) continue;
    if (at >= gradients.length) refuse(node, `a constant as input ${at}, '${input}'`);
    const gradient = gradients[at];
    if (gradient === undefined) continue;
    reached.add(input, gradient);
    const { type = 'float32', shape } = graph.values.get(input) ?? {};
    shapes.set(gradient, { name: gradient, type: isFloat(type) ? type : 'float32', shape });
  }
}

function withOutputs(node: Node, added: ReadonlyMap<number, string> | undefined): Node {
  if (!added) return node;
  const count = Math.max(node.outputs.length, ...[...added.keys()].map((at) => at + 1));
  return { ...node, outputs: Array.from({ length: count }, (_, at) => added.get(at) ?? node.outputs[at] ?? '') };
}

/** A prefix that no name of the graph begins with. */
function unusedPrefix(graph: Graph): string {
  const names = [...graph.inputs.map(({ name }) => name), ...graph.constants.keys(), ...producers(graph).keys()];
  const candidates = Array.from({ length: names.length + 1 }, (_, at) => `grad${at || ''}/`);
  return candidates.find((prefix) => !names.some((name) => name.startsWith(prefix)))!;
}

function independent(value: string, output: string): never {
  throw expected('ERR_LAYER', `layer '${value}'`, `a value that '${output}' depends on`, 'one that it does not');
}
