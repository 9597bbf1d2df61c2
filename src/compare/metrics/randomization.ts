import { spatialMap } from '../../core/attribution.ts';
import { checkInteger } from '../../core/check.ts';
import { ExplainError } from '../../core/errors.ts';
import type { Measured } from '../../core/measured.ts';
import type { Classifier } from '../../core/predictor.ts';
import { onInput } from '../../core/sample.ts';
import type { Differentiable } from '../../gradient/differentiable.ts';
import { withGraph } from '../../gradient/with-graph.ts';
import type { Graph } from '../../onnx/graph.ts';
import { shuffledWeights, type WeightLayer, weightLayers } from '../../onnx/weight-layers.ts';
import { explainAgain, methodOf } from '../explain-again.ts';
import { pearson, ranks, ssim, unitScaled } from '../similarity.ts';
import { ofRandom } from './beside-random.ts';
import type { Item, Metric, Study } from './metric.ts';
import { seeing } from './seeing.ts';
import { MADE_ELSEWHERE } from './sensitivity.ts';

/** From this mean rank correlation on, a map is said to depend little on the weights. */
const SAME = 0.7;

/**
 * How alike the map is to that of the same method on the same network with its weights drawn anew, layer by layer from the
 * output to the input, each layer's values in another order: a method that shows what the network has learnt must change. The
 * value is the mean rank correlation over the steps; the curves have it, and structural similarity, for each.
 * @see https://arxiv.org/abs/1810.03292
 */
export const randomization: Metric = {
  name: 'randomization',
  title: 'Cascading randomisation',
  formula: 'mean rank correlation with the maps of the network whose last layers, at last all, are drawn anew',
  paper: { name: 'Adebayo et al. 2018', url: 'https://arxiv.org/abs/1810.03292' },
  better: 'lower',
  range: '−1 to 1, best near 0',
  random: 'the rank correlation of two random maps',
  needs: ['method', 'graph'],
  passes: 'steps · those of the method',
  options: { steps: '10, or the number of layers' },
  async measure(study, options) {
    const { items, prepared } = study;
    const [, height, width] = prepared.picture.shape as [number, number, number];
    const wanted = checkInteger(options.steps ?? 10, 'steps', 1, 10_000);
    const graph = graphOf(study.model);
    const chance = items.map((item) => ofRandom(betweenRandom(item)));
    if (typeof graph === 'string') {
      return chance.map((random) => ({ value: null, reason: graph, ...random, better: 'lower' }));
    }
    const alike = await cascade(study as Study & { model: Differentiable }, graph, wanted, (at, map) => ({
      spearman: pearson(ranks(items[at]!.map), ranks(map)),
      ssim: ssim(unitScaled(items[at]!.map), unitScaled(map), height, width),
    }));
    return items.map(({ attribution }, at): Measured => {
      const random = { ...chance[at]!, better: 'lower' } as const;
      if (!methodOf(attribution)) return { value: null, reason: MADE_ELSEWHERE, ...random };
      if (alike[at]!.length === 0) return { value: null, reason: NO_MAP, ...random };
      return { ...random, ...measuredOf(alike[at]!) };
    });
  },
};

interface Alike {
  readonly share: number;
  readonly layer: string;
  readonly spearman: number;
  readonly ssim: number;
}

function measuredOf(points: readonly Alike[]): Pick<Measured, 'value' | 'curves' | 'points' | 'warning'> {
  const share = points.map((point) => point.share);
  const spearman = { share, score: points.map((point) => point.spearman) };
  const similarity = { share, score: points.map((point) => point.ssim) };
  const value = spearman.score.reduce((sum, correlation) => sum + correlation, 0) / points.length;
  return {
    value,
    curves: { spearman, ssim: similarity },
    points: points.map(({ layer }) => `from ${layer} on`),
    ...(value >= SAME ? { warning: `${HARDLY_DEPENDS} ${value.toFixed(2)}.` } : {}),
  };
}

const HARDLY_DEPENDS =
  'the map depends little on what the network has learnt: with its weights drawn anew, layer by layer, the mean rank correlation is';

/** The graph, or why there is none to draw anew. */
function graphOf(model: Classifier): Graph | string {
  const { weights } = model as Differentiable;
  if (weights?.large) return 'the network has more than 128 MiB of weights, which are not copied';
  try {
    const { graph } = model as Differentiable;
    return graph ?? NO_GRAPH;
  } catch (error) {
    if (error instanceof ExplainError && error.code === 'ERR_OPERATOR') return NO_GRAPH;
    throw error;
  }
}
const NO_MAP = 'with other weights the network gives no map, or the same everywhere';
const NO_GRAPH = 'the model is a function, whose weights are out of reach';

/** Draws the layers anew from the last to the first, in steps, and compares what each method then gives with what it gave. */
async function cascade(
  { model, prepared, items, seed, signal, onProgress }: Study & { readonly model: Differentiable },
  start: Graph,
  wanted: number,
  compare: (item: number, map: Float32Array) => { readonly spearman: number; readonly ssim: number },
): Promise<Alike[][]> {
  const layers = weightLayers(start).toReversed();
  const attributions = items.map(({ attribution }) => attribution);
  const alike = items.map((): Alike[] => []);
  const ends = stepEnds(layers, wanted);
  let graph = start;
  for (const [step, end] of ends.entries()) {
    const names = layers.slice(ends[step - 1] ?? 0, end).flatMap(({ constants }) => constants);
    graph = await shuffledWeights(graph, names, seed, model.weights);
    const other = withGraph(model, graph, `last ${end} layers drawn anew under ${seed}`);
    const seen = seeing(other, prepared, prepared.picture);
    const run = { signal, tolerated: 'ERR_NOT_FINITE' } as const;
    const again = await explainAgain(seen, { tensor: prepared.picture }, attributions, run);
    again.forEach((attribution, at) => {
      if (!attribution) return;
      const found = compare(at, onInput(spatialMap(attribution), attribution.inputSize));
      // A network that is dead with other weights gives a constant map, which is neither like another nor unlike it.
      if (Number.isNaN(found.spearman)) return;
      alike[at]!.push({ share: end / layers.length, layer: layers[end - 1]!.name, ...found });
    });
    onProgress?.({ done: step + 1, total: ends.length });
  }
  return alike;
}

/** The rank correlations of random maps with one another. */
const betweenRandom = ({ random }: Item): number[] => {
  const order = random.map(ranks);
  return order.slice(1).map((ranked, at) => pearson(order[at]!, ranked));
};

/** How many layers are drawn anew after each step. */
const stepEnds = (layers: readonly WeightLayer[], wanted: number): number[] => {
  const steps = Math.min(wanted, layers.length);
  return Array.from({ length: steps }, (_, step) => Math.round(((step + 1) * layers.length) / steps));
};
