import { type ControlFlow, subgraph } from './control-flow.ts';

/** The branch that a condition known beforehand takes. */
export const If: ControlFlow = (node, { number, inline }) => {
  const [name = ''] = node.inputs;
  const condition = number(name);
  if (condition === undefined) return `its condition '${name}' is not constant`;
  const branch = subgraph(node, condition ? 'then_branch' : 'else_branch');
  if (!branch || branch.outputs.length < node.outputs.length) return 'its branch is missing';
  return inline(branch, [], node.outputs, '') ?? 'its branch has too many nodes';
};
