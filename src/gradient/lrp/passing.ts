/** What hands relevance on as it is: activations, factors, and sums before the first weights. */
import { broadcasting } from '../broadcasting.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';

/** An activation, element by element, and what else is taken for one. */
export const passed: Rule = ({ node, dy }) => node.inputs.map((_, at) => (at === 0 ? dy : undefined));

/** A factor that does not depend on the picture, or that is a gate, takes no relevance: the signal takes all. */
export const Mul: Rule = broadcasting((context) => {
  const { node, dy, wants, inputs } = context;
  if (!wants(0)) return [undefined, dy];
  if (!wants(1)) return [dy, undefined];
  const [isFirst, isSecond] = [isGate(context, inputs[0]), isGate(context, inputs[1])];
  if (isFirst === isSecond) refuse(node, 'a factor that is constant or a gate, such as the output of Sigmoid');
  return isFirst ? [undefined, dy] : [dy, undefined];
});

export const Div: Rule = broadcasting((context) => {
  if (context.wants(1)) refuse(context.node, 'a divisor that does not depend on the picture');
  return [context.dy, undefined];
});

const GATES: ReadonlySet<string> = new Set(['Sigmoid', 'HardSigmoid', 'Tanh', 'Clip', 'Erf']);
const SCALING: ReadonlySet<string> = new Set(['Mul', 'Div', 'Add']);

/** Whether a value is a bounded function of what it is made of, as in Swish, GELU and squeeze-and-excitation. */
function isGate(context: RuleContext, value: string): boolean {
  const maker = context.maker(value);
  if (!maker || GATES.has(maker.op)) return maker !== undefined;
  const [varying, ...others] = maker.inputs.filter((input) => context.numbers(input) === undefined);
  return SCALING.has(maker.op) && others.length === 0 && varying !== undefined && isGate(context, varying);
}
