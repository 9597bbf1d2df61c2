/**
 * Going up from silence. What a rectifier cuts off everywhere has no gradient, so that a channel that is silent on the noise
 * would stay so: as long as it is, the climb goes on what the rectifier cuts off.
 */
import { isRectifier } from '../gradient/rectifying-rules.ts';
import type { Rule } from '../gradient/rule.ts';
import { Clip, Relu } from '../gradient/rules/activation.ts';
import { RULES, type Rules } from '../gradient/rules/index.ts';
import { unmasked } from '../gradient/unmasked.ts';
import { type Graph, producers } from '../onnx/graph.ts';

/** Operators through which a channel stays silent where it was. */
const CARRIERS: ReadonlySet<string> = new Set([
  ...['Concat', 'Identity', 'Dropout'],
  ...['GlobalAveragePool', 'Flatten', 'Reshape', 'Squeeze'],
]);

/** The gradient's rules, but for the rectifiers that make `value`, whose channels stand at `channelAxis`. */
export function wakingRules(graph: Graph, value: string, channelAxis: number): Rules {
  const last = lastRectifiers(graph, value);
  const choose =
    (rule: Rule): Rule =>
    (context) =>
      last.has(context.y) && isRectifier(context) ? waking(unmasked(rule), channelAxis)(context) : rule(context);
  return { ...RULES, Relu: choose(Relu), Clip: choose(Clip) };
}

/** dx = f′(x) · dy, and dy in a channel of a picture whose largest output is 0. */
const waking =
  (rule: Rule, channelAxis: number): Rule =>
  (context) => {
    const { b, dy, y, shapeOf, add, mul, complement, above } = context;
    const [dx, ...rest] = rule(context);
    const cells = (shapeOf(y) ?? []).map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channelAxis);
    const largest = b.op('ReduceMax', [y, b.constant('int64', cells)]);
    return [dx && add(dx, mul(dy, complement(above(largest, 0)))), ...rest];
  };

/** What the rectifiers give whose values reach `value` as they are, or scores [N, classes] as means of [N, classes, h, w]. */
function lastRectifiers(graph: Graph, value: string): ReadonlySet<string> {
  const made = producers(graph);
  const rankOf = (name: string) => graph.values.get(name)?.shape?.length;
  const ranks = rankOf(value) === 2 ? [2, 4] : [rankOf(value)];
  const found = new Set<string>();
  const waiting = [value];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = made.get(name);
    if ((node?.op === 'Relu' || node?.op === 'Clip') && ranks.includes(rankOf(name))) found.add(name);
    if (node && CARRIERS.has(node.op)) waiting.push(...node.inputs);
  }
  return found;
}
