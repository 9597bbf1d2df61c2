/** A graph of a few nodes that paints pictures behind soft masks, several times faster than a loop over all pixels in JavaScript. */
import type { Recipe, Scene } from '../core/recipe.ts';
import { createBuilder } from '../onnx/builder.ts';
import type { Value } from '../onnx/graph.ts';
import { writeModel } from '../onnx/write.ts';
import type { GraphSource } from './task.ts';

const OPSET = 18;
const IR_VERSION = 8;

/** The graph that paints a scene's masks; undefined where there are none. */
export function maskSource({ baseline }: Scene, recipes: readonly Recipe[]): GraphSource | undefined {
  if (!recipes.some(({ kind }) => kind === 'grid-mask' || kind === 'soft-mask')) return undefined;
  const hasBaseline = baseline.data.some((value) => value !== 0);
  return hasBaseline ? (overBaseline ??= source(true)) : (overZero ??= source(false));
}

let overBaseline: GraphSource | undefined;
let overZero: GraphSource | undefined;

const source = (hasBaseline: boolean): GraphSource => ({
  key: hasBaseline ? 'masks over a baseline' : 'masks',
  model: maskGraph(hasBaseline),
  input: 'picture',
  ...(hasBaseline ? { reference: 'baseline' } : {}),
  layout: 'nchw',
});

/** x′ + M ⊙ (x − x′) with M = R · A · Cᵀ for each row; M ⊙ x where the baseline x′ is 0. */
function maskGraph(hasBaseline: boolean): Uint8Array {
  const b = createBuilder('paint');
  const columns = b.op('Transpose', ['columns'], { perm: [0, 1, 3, 2] });
  const mask = b.op('MatMul', [b.op('MatMul', ['rows', 'cells']), columns]);
  const difference = hasBaseline ? b.op('Sub', ['picture', 'baseline']) : 'picture';
  const seen = b.op('Mul', [mask, difference]);
  const painted = hasBaseline ? b.op('Add', [seen, 'baseline']) : seen;
  const float = (name: string, shape: Value['shape']): Value => ({ name, type: 'float32', shape });
  const pictures = hasBaseline ? ['picture', 'baseline'] : ['picture'];
  const graph = {
    irVersion: IR_VERSION,
    opsets: new Map([['', OPSET]]),
    inputs: [
      float('rows', ['N', 1, 'H', 'h']),
      float('cells', ['N', 1, 'h', 'w']),
      float('columns', ['N', 1, 'W', 'w']),
      ...pictures.map((name) => float(name, [1, 'C', 'H', 'W'])),
    ],
    outputs: [float(painted, ['N', 'C', 'H', 'W'])],
    nodes: b.nodes,
    constants: b.constants,
    values: new Map(),
  };
  return writeModel(graph, { shared: true });
}
