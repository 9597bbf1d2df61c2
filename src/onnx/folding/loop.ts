import type { Node } from '../graph.ts';
import {
  type ControlFlow,
  type Folding,
  MOST_ROUNDS,
  nodeOf,
  prefixOf,
  stacked,
  subgraph,
  TOO_MANY_NODES,
  TOO_MANY_ROUNDS,
} from './control-flow.ts';

/**
 * Round after round, as long as the trip count allows and the condition, which each round gives anew, stays true:
 * (i, condition, carried…) → (condition, carried…, collected…).
 */
export const Loop: ControlFlow = (node, folding) => {
  const [count = '', condition = '', ...initial] = node.inputs;
  const body = subgraph(node, 'body');
  if (!body || body.outputs.length < 1 + Math.max(initial.length, node.outputs.length)) return 'its body is missing';
  const trips = count ? folding.number(count) : Number.POSITIVE_INFINITY;
  if (trips === undefined) return `its trip count '${count}' is not constant`;

  const nodes: Node[] = [];
  const collected = body.outputs.slice(1 + initial.length).map((): string[] => []);
  let goesOn = condition || folding.constant(`${prefixOf(node, 0)}condition`, 'bool', [1]);
  let carried: readonly string[] = initial;
  for (let round = 0; round < trips; round++) {
    const test = folding.number(goesOn);
    if (test === undefined) return `its condition '${goesOn}' is not constant`;
    if (test === 0) break;
    if (round === MOST_ROUNDS) return TOO_MANY_ROUNDS;
    const prefix = prefixOf(node, round);
    const iteration = folding.constant(`${prefix}iteration`, 'int64', [round]);
    const results = body.outputs.map(({ name }) => folding.claim(`${prefix}${name}`));
    const plain = folding.inline(body, [iteration, goesOn, ...carried], results, prefix);
    if (!plain) return TOO_MANY_NODES;
    nodes.push(...plain);
    goesOn = results[0] ?? '';
    carried = results.slice(1, 1 + initial.length);
    for (const [at, values] of collected.entries()) values.push(results[1 + initial.length + at]!);
  }
  if (collected.some((rounds, at) => rounds.length === 0 && node.outputs[initial.length + at])) {
    return 'it has no rounds to collect from';
  }
  return [...nodes, ...outputs(node, carried, collected, folding)];
};

function outputs(
  node: Node,
  carried: readonly string[],
  collected: readonly string[][],
  folding: Folding,
): readonly Node[] {
  const finals = node.outputs.slice(0, carried.length);
  const stacks = node.outputs.slice(carried.length);
  return folding.visitAll([
    ...finals.flatMap((output, at) => (output ? [nodeOf('Identity', [carried[at]!], output)] : [])),
    ...stacks.flatMap((output, at) => (output ? stacked(output, collected[at] ?? [], 0, folding) : [])),
  ]);
}
