import type { RuleContext } from './rule.ts';

/** The node as it would be with other values in the place of its inputs, of the same shapes and types. */
export function withInputs(context: RuleContext, inputs: readonly string[]): RuleContext {
  const { node } = context;
  const placeOf = new Map(inputs.map((name, at) => [name, node.inputs[at] ?? '']));
  const own = (name: string) => placeOf.get(name) ?? name;
  const [first = '', second = '', third = '', fourth = '', fifth = '', ...rest] = inputs;
  return {
    ...context,
    node: { ...node, inputs },
    inputs: [first, second, third, fourth, fifth, ...rest],
    x: first,
    shapeOf: (name) => context.shapeOf(own(name)),
    staticShapeOf: (name) => context.staticShapeOf(own(name)),
    typeOf: (name) => context.typeOf(own(name)),
  };
}
