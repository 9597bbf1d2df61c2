/**
 * The truth that rules are held to: along a random direction v, the change of ⟨u, f(x)⟩ by central differences is
 * ⟨v, Jᵀu⟩, which the emitted graph computes.
 */

import { backwardGraph } from '../../dist/src/gradient/backward.js';
import { decompose } from '../../dist/src/onnx/decompose.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { type Numbers, noise, runModel } from '../toy-model.ts';

export interface GradientCheck {
  readonly analytic: number;
  readonly numeric: number;
  /** The largest value that both can have: ‖u‖ ‖J v‖. */
  readonly scale: number;
}

const STEP = 2 ** -7;

/** Compares the gradient of output 0 with respect to all of `inputs` with finite differences of `truth`. */
export async function checkGradient(
  graph: Graph,
  inputs: { readonly [name: string]: Numbers },
  seed = 7,
  truth = graph,
): Promise<GradientCheck> {
  const output = graph.outputs[0]!.name;
  const shaped = decompose(graph);
  const wrt = Object.keys(inputs);
  const backward = backwardGraph(shaped, { output, wrt });
  const directions = Object.fromEntries(wrt.map((name, at) => [name, noise(inputs[name]!.shape, seed + at)]));
  const moved = (step: number) => {
    const entries = wrt.map((name) => {
      const { data, shape } = inputs[name]!;
      return [name, { shape, data: data.map((value, at) => value + step * directions[name]!.data[at]!) }] as const;
    });
    return runModel(truth, Object.fromEntries(entries));
  };
  const [ahead, behind] = [(await moved(STEP))[output]!, (await moved(-STEP))[output]!];
  const u = noise(ahead.shape, seed + 100);
  const results = await runModel(backward.graph, { ...inputs, [backward.seed]: u });
  const analytic = wrt.map((name) => dot(results[backward.gradients.get(name)!]!.data, directions[name]!.data));
  const slope = ahead.data.map((value, at) => (value - behind.data[at]!) / (2 * STEP));
  const numeric = dot(u.data, slope);
  const shapes = wrt.every(
    (name) => String(results[backward.gradients.get(name)!]!.shape) === String(inputs[name]!.shape),
  );
  if (!shapes) throw new Error('a gradient is not of the shape of its value');
  const scale = Math.sqrt(dot(u.data, u.data) * dot(slope, slope));
  return { analytic: analytic.reduce((a, b) => a + b, 0), numeric, scale };
}

function dot(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length} differ`);
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
