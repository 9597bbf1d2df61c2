import { numberAttribute, numbersAttribute } from '../attributes.ts';
import type { Node } from '../graph.ts';
import {
  type ControlFlow,
  MOST_ROUNDS,
  nodeOf,
  prefixOf,
  stacked,
  subgraph,
  TOO_MANY_NODES,
  TOO_MANY_ROUNDS,
} from './control-flow.ts';

/** One round for each place along an axis of what is scanned: (state…, element…) → (state…, collected…). */
export const Scan: ControlFlow = (node, folding) => {
  const { shapeOf, constant, claim, inline, visitAll } = folding;
  const body = subgraph(node, 'body');
  const stateCount = node.inputs.length - numberAttribute(node, 'num_scan_inputs', 0);
  if (!body || stateCount < 0 || body.outputs.length < Math.max(stateCount, node.outputs.length)) {
    return 'its body is missing';
  }
  const scanned = node.inputs.slice(stateCount);
  const axes = scanned.map((_, at) => numbersAttribute(node, 'scan_input_axes', [])[at] ?? 0);
  const lengths = scanned.map((value, at) => shapeOf(value)?.at(axes[at]!));
  const [length] = lengths;
  if (typeof length !== 'number' || lengths.some((other) => other !== length)) {
    return `the length of '${scanned[0]}' along axis ${axes[0]} is not known`;
  }
  if (length === 0) return 'it has no rounds';
  if (length > MOST_ROUNDS) return TOO_MANY_ROUNDS;

  const isReversed = (attribute: string, at: number) => numbersAttribute(node, attribute, [])[at] === 1;
  const nodes: Node[] = [];
  const collected = body.outputs.slice(stateCount).map((): string[] => []);
  let states = node.inputs.slice(0, stateCount);
  for (let round = 0; round < length; round++) {
    const prefix = prefixOf(node, round);
    const elements = scanned.map((value, at) => {
      const place = constant(`${prefix}place`, 'int64', [
        isReversed('scan_input_directions', at) ? length - 1 - round : round,
      ]);
      const element = claim(`${prefix}element`);
      nodes.push(...visitAll([nodeOf('Gather', [value, place], element, { axis: { kind: 'int', value: axes[at]! } })]));
      return element;
    });
    const results = body.outputs.map(({ name }) => claim(`${prefix}${name}`));
    const plain = inline(body, [...states, ...elements], results, prefix);
    if (!plain) return TOO_MANY_NODES;
    nodes.push(...plain);
    states = results.slice(0, stateCount);
    for (const [at, values] of collected.entries()) values.push(results[stateCount + at]!);
  }
  const finals = node.outputs
    .slice(0, stateCount)
    .flatMap((output, at) => (output ? [nodeOf('Identity', [states[at]!], output)] : []));
  const stacks = node.outputs.slice(stateCount).flatMap((output, at) => {
    const rounds = isReversed('scan_output_directions', at) ? collected[at]!.toReversed() : collected[at]!;
    return output ? stacked(output, rounds, numbersAttribute(node, 'scan_output_axes', [])[at] ?? 0, folding) : [];
  });
  return [...nodes, ...visitAll([...finals, ...stacks])];
};
