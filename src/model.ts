/** The model a user holds: its graph, its preprocessing, its labels, and the pool that runs it. */
import { type ByteSize, bytesOf } from './core/byte-size.ts';
import { checkInteger } from './core/check.ts';
import { type ClassifyOptions, classify } from './core/classify.ts';
import { givenFile } from './core/given-file.ts';
import type { Picture, RunOptions } from './core/predictor.ts';
import type { Target } from './core/target.ts';
import type { Differentiable } from './gradient/differentiable.ts';
import { nonFiniteScores } from './gradient/non-finite.ts';
import { preparedTensor } from './image/input-tensor.ts';
import { labels as parseLabels } from './image/labels.ts';
import { preprocess } from './image/preprocess.ts';
import { type PreprocessingOptions, preprocessing } from './image/preprocessing.ts';
import { companions, DEFAULT_MODEL, modelFile, sha256 } from './model-files.ts';
import { incrementalScores } from './model-incremental.ts';
import { rowsWithin } from './model-memory.ts';
import { openSplits, splitChooser } from './model-split.ts';
import { checkExport } from './onnx/check-export.ts';
import { type ClassifierGraph, classifierOf, type Layout } from './onnx/classifier.ts';
import { differentiableGraph } from './onnx/differentiable-graph.ts';
import { wholeRange } from './onnx/element-type.ts';
import { fold } from './onnx/fold.ts';
import type { Graph } from './onnx/graph.ts';
import { logitsGraph } from './onnx/logits-graph.ts';
import { upgrade } from './onnx/upgrade.ts';
import { type GraphOnDisk, readGraphOnDisk } from './onnx/weights-in-file.ts';
import { LOGITS, withLogits } from './onnx/with-logits.ts';
import { writeModel } from './onnx/write.ts';
import { atOnce } from './perturb/in-turns.ts';
import { availableCores } from './workers/available-cores.ts';
import { createPool, type PoolOptions } from './workers/pool.ts';
import type { GraphSource, ScoreReading } from './workers/task.ts';
import { startThreads, type Threads } from './workers/threads.ts';

export interface LoadOptions extends PreprocessingOptions {
  /**
   * Worker threads. Default: the cores that are available to the process, within its control group's limit. With neither `workers` nor
   * `threads` set, perturbed pictures may go to fewer of them, each with more threads, once that is known to be faster.
   */
  readonly workers?: number | undefined;
  /** ONNX Runtime's threads inside each worker. Default: 1. */
  readonly threads?: number | undefined;
  /**
   * Pictures in one run of the model, 1–64 (a lone one is run in pairs). Default: 2, and 4 where the weights take more than 128 MiB; of
   * perturbed pictures as many as are found to be fastest.
   */
  readonly batch?: number | undefined;
  /**
   * In MiB, or with a unit (`2GiB`): what the batches of all workers may take by arithmetic on the graph; a large model then runs smaller
   * ones, and gradients of which not even two fit are refused. Default: 1024, and nothing is refused.
   */
  readonly memory?: ByteSize | undefined;
  /** How many calls may be under way at once. Default: 64. */
  readonly queueLimit?: number | undefined;
  /** ONNX Runtime's execution provider. Default: `cpu`. */
  readonly provider?: string | undefined;
  /** The name of each class, or a file with them. Default: what `config.json` beside the model says. */
  readonly labels?: string | readonly string[] | undefined;
  /** Where the channels stand, where the graph does not say. */
  readonly layout?: Layout | undefined;
  /** The output that holds the scores, where there are several. */
  readonly outputName?: string | undefined;
}

/** A loaded model. Close it, or declare it with `await using`. */
export interface Model extends Differentiable, AsyncDisposable {
  readonly path: string;
  /** Of the ONNX file, in hexadecimal. */
  readonly sha256: string;
  /** The file's name for the explained output. */
  readonly outputName: string;
  /** What had to be guessed. */
  readonly warnings: readonly string[];
  readonly workers: number;
  readonly channels: number;
  /** How many pictures one run takes, where the file fixes it. */
  readonly fixedBatch?: number;
  /** Height and width of the pictures that it takes. */
  readonly inputSize: readonly [height: number, width: number];
  /** The most probable classes of a picture. */
  classify(image: Picture, options?: ClassifyOptions): Promise<Target[]>;
  /** Gets one thread ready for scores ahead of the first call, which else waits for that. Never rejects: what is wrong that call says. */
  warmUp(): Promise<void>;
  /** Stops all calls within one batch and ends the threads. */
  close(): Promise<void>;
}

/**
 * Loads an image classifier: an `.onnx` file, a folder with one, or without a path the model that comes with the package.
 * @throws `ERR_MODEL` where there is no classifier in the file; `ERR_OPTION` where an option does not fit it
 * @example
 * await using model = await loadModel('model.onnx', { workers: 2 });
 * const [top] = await model.classify(await loadImage('photo.jpg'));
 */
export async function loadModel(source: string = DEFAULT_MODEL, options: LoadOptions = {}): Promise<Model> {
  const workers = checkInteger(options.workers ?? availableCores(), 'workers', 1, 256);
  const threads = checkInteger(options.threads ?? 1, 'threads', 1, 256);
  const memory = bytesOf(options.memory ?? 1024, 'memory');
  const queueLimit = checkInteger(options.queueLimit ?? 64, 'queueLimit', 1);
  const path = modelFile(source);
  const isStrict = options.memory !== undefined;
  const settings = { workers, threads, memory, isStrict, queueLimit, name: path, provider: options.provider };
  // Before all else, as a thread takes longer to start than a model to be read.
  const started = startThreads(settings);
  try {
    return await modelOn(started, settings, options);
  } catch (error) {
    await started.end();
    throw error;
  }
}

async function modelOn(started: Threads, settings: Omit<PoolOptions, 'batch'>, options: LoadOptions): Promise<Model> {
  const { name: path, workers, threads, memory, provider } = settings;
  const [{ graph: file, weights }, beside, hash] = await Promise.all([
    readGraphOnDisk(path),
    companions(path),
    sha256(path),
  ]);
  const batch = Math.max(2, checkInteger(options.batch ?? (weights.large ? 4 : 2), 'batch', 1, 64));
  const upgraded = upgrade(file);
  checkExport(upgraded);
  const graph = fold(upgraded);
  const classifier = classifierOf(graph, options);
  const { type } = classifier.input;
  const range = wholeRange(type);
  const prepareAs = preprocessing({ ...classifier, type }, beside.config, options);
  const labels = await labelsOf(options.labels, beside.labels);
  const { channels, layout, fixedBatch } = classifier;
  const { height, width } = prepareAs.size;
  const shape = [channels, height, width] as const;

  const input = { input: classifier.input.name, layout, ...(fixedBatch ? { fixedBatch } : {}) };
  const { source: forward, reading } = forwardPass(path, { file, graph, weights, classifier }, { ...input, type });
  const pool = createPool({ ...settings, batch }, started);
  const open = {
    batch: options.batch === undefined && !fixedBatch,
    cores: options.workers === undefined && options.threads === undefined && provider === undefined,
  };
  const scoredFastest = splitChooser({
    sha256: hash,
    provider,
    splits: openSplits({ workers, threads, batch }, open),
  });
  const incrementally = incrementalScores(function* () {
    return { graph: yield* logitsGraph(graph, classifier, prepareAs.size), ...input, weights };
  }, pool);
  const within = rowsWithin(memory / workers, () => atOnce(logitsGraph(graph, classifier, prepareAs.size)));
  const model: Model = {
    path,
    sha256: hash,
    outputName: classifier.output,
    output: LOGITS,
    labels,
    activation: classifier.activation,
    warnings: warningsOf(options, beside, classifier, { height, width }),
    workers,
    channels,
    inputSize: [height, width],
    get graph() {
      return (differentiable ??= differentiableGraph(graph, classifier, prepareAs.size));
    },
    ...input,
    weights,
    async prepare(image) {
      const prepared =
        'tensor' in image
          ? preparedTensor(image.tensor, shape, layout, prepareAs, range)
          : preprocess(image, prepareAs);
      return range ? { ...prepared, range } : prepared;
    },
    async predict(scene, recipes, { targets, score, ...run }) {
      const request = { ...reading, targets, score };
      const total = recipes.length;
      const values = await scoredFastest(total, (split, { from, to, besides }) =>
        pool.scores(forward, scene, recipes.slice(from, to), besides ? { ...reading, score: 'logit' } : request, {
          signal: run.signal,
          onProgress: besides ? undefined : ({ done }) => run.onProgress?.({ done: from + done, total }),
          split: { ...split, batch: within(split.batch) },
        }),
      );
      const wrong = values.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) throw await nonFiniteScores(model, scene, recipes[Math.floor(wrong / targets.length)]!, run);
      return { values, forwardPasses: total };
    },
    async predictIncrementally(scene, windows, { targets, score, ...run }, chosen) {
      const request = { ...logitsOf(classifier), targets, score };
      const scores = await incrementally(scene, windows, { reading: request, ...run }, chosen);
      return scores?.values.every(Number.isFinite) ? scores : undefined;
    },
    async logits(picture, run: RunOptions = {}) {
      const scene = { picture, baseline: picture };
      const recipe = { kind: 'original' } as const;
      const request = { ...reading, score: 'logit' } as const;
      const values = await scoredFastest(1, (split) =>
        pool.scores(forward, scene, [recipe], request, { ...run, split }),
      );
      if (values.some(isNoScore)) throw await nonFiniteScores(model, scene, recipe, run);
      return values;
    },
    sums: pool.sums,
    ablations: pool.ablations,
    classify: (image, run) => classify(model, image, run),
    warmUp: () => pool.open(forward),
    close: pool.close,
    [Symbol.asyncDispose]: pool.close,
  };
  let differentiable: Graph | undefined;
  return model;
}

/** −∞ is one: the logarithm of a probability of 0. */
const isNoScore = (logit: number) => Number.isNaN(logit) || logit === Infinity;

interface Parsed extends Pick<GraphOnDisk, 'weights'> {
  readonly file: Graph;
  /** The same in the internal opset. */
  readonly graph: Graph;
  readonly classifier: ClassifierGraph;
}

/** How the output of a graph made by `withLogits` is read. */
const logitsOf = ({ activation }: ClassifierGraph) => ({ output: LOGITS, activation, binary: false });

/** The user's file as it is; or, where it ends in an activation, the same graph up to the logits. */
function forwardPass(
  path: string,
  { file, graph, weights, classifier }: Parsed,
  input: Pick<GraphSource, 'input' | 'layout' | 'type' | 'fixedBatch'>,
): { source: GraphSource; reading: Omit<ScoreReading, 'score' | 'targets'> } {
  const { activation, binary, output, logits } = classifier;
  const model = (graph: Graph) => ({ model: writeModel(graph, { shared: true }), weights });
  if (logits !== output) {
    const source = { ...input, key: 'forward', ...model(withLogits(graph, classifier)) };
    return { source, reading: logitsOf(classifier) };
  }
  const source = { ...input, key: 'forward', ...(weights.large ? model(file) : { model: path, weights }) };
  return { source, reading: { output, activation, binary } };
}

async function labelsOf(
  given: LoadOptions['labels'],
  beside: readonly string[] | undefined,
): Promise<readonly string[]> {
  if (typeof given !== 'string') return given ?? beside ?? [];
  const bytes = await givenFile(given, 'ERR_OPTION', `labels ${given}`, 'a file with class names');
  return parseLabels(bytes.toString(), given);
}

function warningsOf(
  options: LoadOptions,
  beside: { readonly config?: object; readonly labels?: readonly string[] },
  { input, height, width, classes }: ClassifierGraph,
  size: { readonly height: number; readonly width: number },
): string[] {
  const known = options.labels ?? beside.labels;
  return [
    ...(beside.config || (options.mean && options.std) || wholeRange(input.type)
      ? []
      : [
          "Nothing beside the model says how photos are prepared: ImageNet's mean, standard deviation and crop are used. Set mean and std.",
        ]),
    ...((height && width) || options.size || beside.config
      ? []
      : [`The model takes pictures of any size: ${size.width} × ${size.height} is used. Set size.`]),
    ...(Array.isArray(known) && classes !== undefined && known.length !== classes
      ? [`There are ${known.length} labels for ${classes} classes.`]
      : []),
  ];
}
