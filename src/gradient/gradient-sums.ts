/** The bridge to the pool: weighted sums of ∂(score of a class)/∂(a value of the graph) over perturbed pictures. */
import type { RunOptions } from '../core/predictor.ts';
import type { Scene } from '../core/recipe.ts';
import type { ScoreKind } from '../core/score.ts';
import type { GraphSource, Row, Sums } from '../workers/task.ts';
import type { Differentiable } from './differentiable.ts';
import { graphSource } from './graph-source.ts';
import { keeper } from './keeper.ts';
import { firstNotFine, nonFiniteGradient } from './non-finite.ts';
import { GRADIENT, type Propagation } from './propagation.ts';
import { type ScoreGradientRequest, scoreGradient } from './score-gradient.ts';

export interface GradientRequest extends RunOptions {
  /** The picture input, or an inner value. */
  readonly wrt: string;
  /** The axis of `wrt` that the pictures stand at. Default: 0. */
  readonly batchAxis?: number;
  readonly score: ScoreKind;
  readonly classes: number;
  /** What goes back instead of the gradient. */
  readonly propagation?: Propagation | undefined;
  /** Which powers of the gradient are summed, in double precision; the first is 1. Default: 1 alone. */
  readonly powers?: readonly number[];
}

/** What the rows of one group add up to. */
export interface GradientSum {
  /** Σ weight · gradient, of the value's shape without the batch; pictures channels first. */
  readonly gradient: Float64Array;
  /** Σ weight · gradientᵖ for each power p. */
  readonly powers: readonly Float64Array[];
  /** Σ weight · value; for inner values only. */
  readonly value: Float64Array | undefined;
  readonly shape: readonly number[];
}

/** One sum for each group, in order. Every row is one forward and one backward pass. */
export async function gradientSums(
  model: Differentiable,
  scene: Scene,
  rows: readonly Row[],
  { wrt, batchAxis = 0, score, classes, propagation = GRADIENT, powers = [1], ...run }: GradientRequest,
): Promise<GradientSum[]> {
  const request = { wrt, batchAxis, score, classes, propagation };
  const { source, outputs } = differentiated(model, request);
  const { values, shapes } = await model.sums(source, scene, rows, { outputs, powers, ...run });
  if (!areFinite(values)) {
    const row = await firstNotFine(rows, async (part) => {
      return areFinite((await model.sums(source, scene, part, { outputs, signal: run.signal })).values);
    });
    throw await nonFiniteGradient(model, scene, row, { ...request, signal: run.signal });
  }
  const channelsLast = wrt === model.input && model.layout === 'nhwc';
  return values.map((sums) => {
    const raised = sums.slice(0, powers.length);
    const own = channelsLast ? raised.map((sum) => planar(sum, scene.picture.shape[0]!)) : raised;
    const shape = channelsLast ? scene.picture.shape : shapes[0]!;
    return { gradient: own[0]!, powers: own, value: sums[powers.length], shape };
  });
}

/** A sum of finite numbers is finite, as float32 is summed in float64. */
const areFinite = (values: Sums['values']): boolean =>
  values.every((outputs) => outputs.every((sum) => sum.every((value) => Number.isFinite(value))));

interface Differentiated {
  readonly source: GraphSource;
  readonly outputs: readonly string[];
}
const kept = keeper<Differentiated>();

type Request = ScoreGradientRequest & { readonly propagation: Propagation };

/** The backward graph of a model, made when first asked for and kept as long as the model. */
function differentiated(model: Differentiable, request: Request): Differentiated {
  const key = `${request.propagation.name} of the ${request.score} by '${request.wrt}'`;
  return kept(model.graph, key, () => differentiate(model, request, key));
}

function differentiate(model: Differentiable, request: Request, key: string): Differentiated {
  const { graph, gradient, value, target, reference } = scoreGradient(model, request);
  return {
    source: graphSource(model, graph, key, { target, reference }),
    outputs: [gradient, ...(request.wrt === model.input ? [] : [value])],
  };
}

/** [H · W, C] to [C, H · W]. */
export function planar(interleaved: Float64Array, channels: number): Float64Array {
  const plane = interleaved.length / channels;
  return Float64Array.from(interleaved, (_, at) => interleaved[(at % plane) * channels + Math.floor(at / plane)]!);
}
