/**
 * An input that was repeated along an axis gets the sum of the gradients along it:
 * y = x + z, x [C, 1, 1], y [N, C, H, W]  →  dx = Σ over N, H, W of dy.
 */
import type { Builder } from '../onnx/builder.ts';
import type { Shape } from '../onnx/graph.ts';
import type { Rule, RuleContext } from './rule.ts';

/** Makes a rule whose gradients all have the output's shape give each the shape of its input. */
export const broadcasting =
  (rule: Rule): Rule =>
  (context) =>
    rule(context).map((gradient, at) =>
      gradient !== undefined && context.wants(at)
        ? undoBroadcast(context, gradient, context.node.inputs[at]!)
        : undefined,
    );

/** Sums a gradient of shape `shape` (the output's, if not given) over the axes along which `input` was repeated. */
export function undoBroadcast(context: RuleContext, gradient: string, input: string, shape?: Shape): string {
  const { b, y, sum, shapeOf } = context;
  const [from, to] = [shapeOf(input), shape ?? shapeOf(y)];
  const axes = from && to && repeatedAxes(from, to);
  if (!axes) return undoBroadcastDynamically(b, gradient, input);
  const summed = axes.length > 0 ? sum(gradient, axes) : gradient;
  const leading = to.length - from.length;
  return leading > 0 ? b.op('Squeeze', [summed, b.constant('int64', [...Array(leading).keys()])]) : summed;
}

/** The axes of `to` along which `from` was repeated; undefined where lengths that are not known decide it. */
function repeatedAxes(from: Shape, to: Shape): number[] | undefined {
  const aligned = to.map((length, axis) => ({ axis, length, own: from[axis - (to.length - from.length)] }));
  if (
    aligned.some(({ own, length }) => own !== length && (typeof own === 'string' || (own !== undefined && own !== 1)))
  ) {
    return undefined;
  }
  return aligned.filter(({ own, length }) => own === undefined || own !== length).map(({ axis }) => axis);
}

/** The same with the shapes read while the model runs: the input's is filled up with ones in front and compared. */
function undoBroadcastDynamically(b: Builder, gradient: string, input: string): string {
  const from = b.op('Shape', [input]);
  const to = b.op('Shape', [gradient]);
  const missing = b.op('Sub', [b.op('Shape', [to]), b.op('Shape', [from])]);
  const one = b.constant('int64', 1);
  const padded = b.op('Pad', [from, b.op('Concat', [missing, b.constant('int64', [0])], { axis: 0 }), one]);
  const repeated = b.op('NonZero', [b.op('Not', [b.op('Equal', [padded, to])])]);
  const axes = b.op('Squeeze', [repeated, b.constant('int64', [0])]);
  return b.op('Reshape', [b.op('ReduceSum', [gradient, axes], { noop_with_empty_axes: 1 }), from]);
}
