/** Finds where NaN or infinity first appears, by running the graph once more with a probe on every value on the way. */
import { type ExplainError, expected } from '../core/errors.ts';
import type { RunOptions } from '../core/predictor.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import { labelOf } from '../core/target.ts';
import { consumers, type Graph, producers } from '../onnx/graph.ts';
import type { Row } from '../workers/task.ts';
import type { Differentiable } from './differentiable.ts';
import { graphSource } from './graph-source.ts';
import { nodesBetween } from './nodes-between.ts';
import { withProbes } from './probes.ts';
import { GRADIENT } from './propagation.ts';
import { type ScoreGradientRequest, scoreGradient } from './score-gradient.ts';

const refusal = (what: string, first: string | undefined, action: string): ExplainError =>
  expected('ERR_NOT_FINITE', what, 'finite numbers', `NaN or infinity${first ? `, first in ${first}` : ''}`, action);

/** The first item that is not fine, where `areFine` says of several whether all of them are and not all of them are. */
export async function firstNotFine<T>(
  items: readonly T[],
  areFine: (part: readonly T[]) => Promise<boolean>,
): Promise<T> {
  let [from, to] = [0, items.length];
  while (to - from > 1) {
    const middle = Math.ceil((from + to) / 2);
    if (await areFine(items.slice(from, middle))) from = middle;
    else to = middle;
  }
  return items[from]!;
}

/** The error of a picture, perturbed by the recipe, whose scores are NaN or infinite. */
export async function nonFiniteScores(
  model: Differentiable,
  scene: Scene,
  recipe: Recipe,
  run: RunOptions,
): Promise<ExplainError> {
  const { graph, input, output } = model;
  const row: Row = { recipe, target: 0, weight: 1, group: 0 };
  const first = await firstNonFinite(model, scene, row, run, {
    graph,
    probes: forwardProbes(graph, input, output),
    key: 'values',
  });
  const action = first ? '' : 'Where the file is float16, try it in float32.';
  return refusal(`scores of ${recipe.kind === 'original' ? 'the' : 'a perturbed'} picture`, first, action);
}

/** The error of a row whose gradient by `wrt` is not finite. */
export async function nonFiniteGradient(
  model: Differentiable,
  scene: Scene,
  row: Row,
  request: ScoreGradientRequest & RunOptions,
): Promise<ExplainError> {
  const { wrt, score, propagation = GRADIENT } = request;
  const { graph, target, reference, scored, output, onTheWay } = scoreGradient(model, request);
  const computed = producers(graph);
  const backward = [...onTheWay].map(([value, gradient]) => ({
    value: gradient,
    name: `the gradient of '${value}', the input of ${readersOf(scored, value)}`,
  }));
  const probes = [...forwardProbes(scored, model.input, output), ...backward];
  const first = await firstNonFinite(model, scene, row, request, {
    graph,
    probes: probes.filter(({ value }) => computed.has(value)),
    key: `values behind the ${propagation.name} of the ${score} by '${wrt}'`,
    target,
    reference,
  });
  const what = `gradient of the ${score} of '${labelOf(model.labels, row.target)}' by '${wrt}'`;
  return refusal(what, first, 'Methods without gradients (occlusion, lime) may still work.');
}

/** A value that is looked at, and what the user calls it. */
interface Probe {
  readonly value: string;
  readonly name: string;
}

/** The model's own floats on the way to its scores. */
function forwardProbes(graph: Graph, input: string, output: string): Probe[] {
  const makers = producers(graph);
  return [...nodesBetween(graph, [input], output).values]
    .filter((value) => makers.has(value) && graph.values.get(value)?.type === 'float32')
    .map((value) => ({ value, name: `'${value}', the output of ${makers.get(value)!.op}` }));
}

interface Probed {
  readonly graph: Graph;
  /** In the order of computation. */
  readonly probes: readonly Probe[];
  readonly key: string;
  readonly target?: string;
  readonly reference?: string | undefined;
}

async function firstNonFinite(
  model: Differentiable,
  scene: Scene,
  row: Row,
  { signal }: RunOptions,
  { graph, probes, key, ...inputs }: Probed,
): Promise<string | undefined> {
  if (probes.length === 0) return undefined;
  const names = probes.map(({ value }) => value);
  const { graph: probing, output } = withProbes(graph, model.input, names);
  const source = graphSource(model, probing, `probes of ${key}`, inputs);
  const { values } = await model.sums(source, scene, [{ ...row, weight: 1, group: 0 }], { outputs: [output], signal });
  return probes[values[0]![0]!.findIndex((probe) => !Number.isFinite(probe))]?.name;
}

function readersOf(graph: Graph, value: string): string {
  const operators = consumers(graph).get(value) ?? [];
  return [...new Set(operators.map(({ op }) => op))].join(' and ');
}
