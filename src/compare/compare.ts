/** The main job: several methods explain the same classes of the same picture. */
import type { Attribution } from '../core/attribution.ts';
import { checkInteger } from '../core/check.ts';
import { classify } from '../core/classify.ts';
import { ExplainError } from '../core/errors.ts';
import type { Classifier, Picture, Progress, RunOptions } from '../core/predictor.ts';
import { resolveTargets, type Target } from '../core/target.ts';
import { type Agreement, agreement } from './agreement.ts';
import { type GivenMapFor, importAttributions } from './import-attribution.ts';
import { defaultsLike, type Tool } from './like.ts';
import { measure } from './measure.ts';
import type { MethodOptions } from './methods.ts';
import type { Region } from './metrics/object-mask.ts';
import { parseMethods } from './parse-methods.ts';
import { parseMetrics } from './parse-metrics.ts';
import { repeated } from './repeat.ts';
import { sharedPasses } from './shared-passes.ts';
import { summary } from './summary.ts';

export interface CompareOptions extends MethodOptions, Omit<RunOptions, 'onProgress'> {
  /**
   * Names of methods or groups (`all`, `perturbation`, `gradient`, `cam`; none holds SS-CAM and IS-CAM, of many passes for each
   * channel), each with options of its own if need be: `occlusion:window=16`. The method CAM is `CAM`. Default: occlusion, LIME, Grad-CAM, LayerCAM and Integrated Gradients.
   */
  readonly methods?: readonly string[] | undefined;
  /** Classes by index or name; one that is named twice is explained once. Default: the two most probable ones. */
  readonly targets?: readonly (number | string)[] | undefined;
  /** How many classes to explain where `targets` names none. Default: 2. */
  readonly top?: number | undefined;
  readonly score?: 'logit' | 'probability' | undefined;
  /** Maps made elsewhere, which are compared like those of the methods. */
  readonly attributions?: readonly GivenMapFor[] | undefined;
  /** With how many seeds each method that draws is run; `repeat` of its attributions says how alike they are. Default: 1. */
  readonly repeat?: number | undefined;
  /** A tool whose defaults the methods take; what is set here goes before them. Default: those of this package. */
  readonly like?: Tool | undefined;
  /** Names of metrics that every attribution is measured by, as `measure` takes them. Default: none. */
  readonly metrics?: readonly string[] | undefined;
  /** Where objects are on the photo, for the metrics that ask. */
  readonly boxes?: readonly Region[] | undefined;
  /** Called as the passes of each method, and then of each metric, finish. */
  readonly onProgress?: ((progress: Progress & { readonly method: string }) => void) | undefined;
}

export interface Comparison {
  /** The five most probable classes. */
  readonly predictions: readonly Target[];
  /** One for each method and target, method by method; last those made elsewhere. */
  readonly attributions: readonly Attribution[];
  /** Worked out when it is first asked for. */
  readonly agreement: Agreement;
  /** What the numbers say of this picture, in a paragraph of plain words. */
  readonly summary: string;
  /** Methods that this model does not allow, and why. */
  readonly refused: readonly { readonly method: string; readonly error: ExplainError }[];
}

export const DEFAULT_METHODS: readonly string[] = [
  'occlusion',
  'lime',
  'grad-cam',
  'layer-cam',
  'integrated-gradients',
];

/**
 * Explains the same classes with several methods, one after the other, says how alike the explanations are, and measures
 * them where `metrics` are asked for.
 * Methods that need a gradient that the model does not have are left out and reported in `refused`.
 * @throws `ERR_OPTION` for an unknown method or a wrong option; `ERR_TARGET` for an unknown class; what the only methods
 * asked for throw, where none of them works on the model.
 * @example
 * const { attributions } = await compare(model, image, { methods: ['occlusion', 'grad-cam'], targets: ['cat', 'dog'] });
 */
export async function compare(model: Classifier, image: Picture, options: CompareOptions = {}): Promise<Comparison> {
  const { methods: names = DEFAULT_METHODS, targets: wanted, top = 2, like, onProgress, ...others } = options;
  const { attributions: maps = [], repeat = 1, metrics = [], boxes, ...rest } = others;
  const seeds = checkInteger(repeat, 'repeat', 1);
  const shared = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as typeof rest;
  const methods = parseMethods(names);
  parseMetrics(metrics, boxes !== undefined);
  const sharing = await sharedPasses(model, image);
  const ranked = await classify(sharing, image, { top: Infinity, signal: options.signal });
  const targets = wanted
    ? resolveTargets(wanted, model.labels, ranked.length)
    : ranked.slice(0, checkInteger(top, 'top', 1)).map(({ index }) => index);
  const { score, seed, signal } = shared;
  const imported = await importAttributions(sharing, image, maps, { targets, classes: ranked.length, score, signal });
  const explained: Attribution[] = [];
  const refused: { method: string; error: ExplainError }[] = [];
  for (const { method, options: own } of methods) {
    try {
      const report = onProgress && ((progress: Progress) => onProgress({ ...progress, method: method.name }));
      const set = { ...defaultsLike(like, method.name), ...shared, ...own, targets, onProgress: report };
      const first = await method.explain(sharing, image, set);
      const again = (seed: number) => method.explain(sharing, image, { ...set, seed });
      explained.push(...(await repeated(first, seeds, again)));
    } catch (error) {
      const isAsked = (own.layer ?? shared.layer) !== undefined;
      if (!(error instanceof ExplainError) || !isUnfit(error, isAsked)) throw error;
      refused.push({ method: method.name, error });
    }
  }
  if (explained.length === 0 && refused[0]) throw refused[0].error;
  explained.push(...imported);
  const attributions =
    metrics.length > 0
      ? await measure(sharing, image, explained, { metrics, boxes, seed, signal, onProgress })
      : explained;
  const predictions = ranked.slice(0, 5);
  let agreed: Agreement | undefined;
  const agreeing = () => (agreed ??= agreement(attributions));
  return {
    predictions,
    attributions,
    get agreement() {
      return agreeing();
    },
    get summary() {
      return summary(predictions, attributions, agreeing());
    },
    refused,
  };
}

/** Whether the model, not the caller, is what a method cannot work with. */
const isUnfit = ({ code }: ExplainError, isLayerAsked: boolean): boolean =>
  code === 'ERR_OPERATOR' || code === 'ERR_NOT_FINITE' || (code === 'ERR_LAYER' && !isLayerAsked);
