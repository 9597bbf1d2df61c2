/** What travels between the pool and its workers: plain data. Pictures lie in shared memory and only scores or sums come back. */
import type { ErrorCode } from '../core/errors.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import type { Activation, ScoreKind } from '../core/score.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { ElementType } from '../onnx/element-type.ts';
import type { Weights } from '../onnx/weights-in-file.ts';

/** A graph that workers can run. Each worker makes its session when it first meets `key`, and keeps it. */
export interface GraphSource {
  readonly key: string;
  /** Of graphs that are run one series after the other: a worker lets those of a series go when it meets another. */
  readonly series?: string;
  /** A file, or the bytes of one in shared memory. */
  readonly model: string | Uint8Array;
  /** The files that it was loaded from. */
  readonly weights?: Weights;
  /** The name of the picture input, and how it wants the picture. */
  readonly input: string;
  readonly layout: Layout;
  /** Its element type. Default: `float32`. */
  readonly type?: ElementType;
  /** About how much memory one row takes. */
  readonly rowBytes?: number;
  /** Set where what its nodes make of weights alone is so much that it is made again in every run, rather than kept. */
  readonly derivesWeights?: true;
  /** ONNX Runtime's threads for it. Default: the worker's. */
  readonly threads?: number;
  /** The graph's own batch size where it is fixed. */
  readonly fixedBatch?: number;
  /** An input [N] that says for each row which class's score is differentiated. */
  readonly target?: string;
  /** An input of the picture's shape that is fed the baseline in every row. */
  readonly reference?: string;
}

/** How the model's output becomes class scores. */
export interface ScoreReading {
  readonly output: string;
  readonly score: ScoreKind;
  readonly activation: Activation;
  /** The output is one number z: the logits of two classes are −z and z. */
  readonly binary: boolean;
  /** All classes where undefined. */
  readonly targets?: readonly number[] | undefined;
}

/** One row of a batch whose outputs are summed: `weight` · output is added to sum number `group`. */
export interface Row {
  readonly recipe: Recipe;
  /** The class whose score is differentiated. */
  readonly target: number;
  readonly weight: number;
  readonly group: number;
}

/** Weighted sums: `values[group][output]`, each of `shapes[output]`, which has no batch axis. */
export interface Sums {
  readonly values: readonly (readonly Float64Array[])[];
  readonly shapes: readonly (readonly number[])[];
  readonly passes: number;
}

interface SharedTask {
  /** Tasks with the same number are parts of one call: of the same kind, graph, scene and batch. */
  readonly call: number;
  readonly graph: GraphSource;
  readonly scene: Scene;
  /** Rows in one run: the graph's own where that is fixed. */
  readonly batch: number;
  /** Not 0: stop before the next batch. */
  readonly stop: Int32Array;
}

export interface ScoreTask extends SharedTask {
  readonly kind: 'scores';
  readonly recipes: readonly Recipe[];
  readonly reading: ScoreReading;
}

export interface SumTask extends SharedTask {
  readonly kind: 'sums';
  readonly rows: readonly Row[];
  readonly outputs: readonly string[];
  /** Which powers of each output are summed, taken in double precision. Default: the first. */
  readonly powers?: readonly number[] | undefined;
}

/** A graph in two parts, cut at a layer: what comes before it, and what the layer's values, and others beside it, lead to. */
export interface CutGraph {
  readonly head: GraphSource;
  readonly tail: GraphSource;
  /** The outputs of the head, which are the inputs of the tail. */
  readonly crossing: readonly string[];
  readonly layer: string;
  /** Where the pictures and the channels stand among the layer's axes. */
  readonly batchAxis: number;
  readonly channelAxis: number;
}

/** What stands in a channel that is taken away: zeros, or a number below all others by 10⁷ where the layer's least is not 0. */
export type AblatedValue = 'zero' | 'far-below';

/** Scores of the picture where a channel of a layer is taken away; −1 takes none. */
export interface AblationTask extends SharedTask {
  readonly kind: 'ablations';
  /** `graph` is the head. */
  readonly cut: CutGraph;
  readonly channels: readonly number[];
  readonly value: AblatedValue;
  readonly reading: ScoreReading;
}

/** Spans by their numbers, in shared memory: from, to, from, to … along y, and along x. */
export type PackedSpans = readonly [y: Int32Array, x: Int32Array];

/** A value of which a stage reads, or gives, a crop. */
export interface CropPort {
  /** Its number among the values that are known of the picture as it is. */
  readonly value: number;
  /** What the stage's graph calls it. */
  readonly name: string;
  /** Zeros around the whole that are part of the crop: top, left, bottom, right. */
  readonly fill: readonly [top: number, left: number, bottom: number, right: number];
  /** The crop, its fill not counted, for each span of the picture. */
  readonly spans: PackedSpans;
}

/** A part of a graph that runs on crops. */
export interface CropStage {
  readonly graph: GraphSource;
  readonly inputs: readonly CropPort[];
  readonly outputs: readonly CropPort[];
  /** How many crops run at once. */
  readonly rows: number;
}

/** A value that stages read or give. */
export interface KnownValue {
  readonly shape: readonly [channels: number, height: number, width: number];
  /** What changes in it for each span of the picture. */
  readonly boxes: PackedSpans;
}

/** How scores of a picture with changed boxes are computed from the changes: stage by stage, then the rest whole. */
export interface Incremental {
  /** The first is the picture. */
  readonly values: readonly KnownValue[];
  readonly stages: readonly CropStage[];
  /** Its crops are whole, and it has no outputs for other stages. */
  readonly rest: CropStage;
}

interface IncrementalPart extends SharedTask {
  /** `graph` is the rest. */
  readonly incremental: Incremental;
  /** In shared memory: each value of the picture as it is. */
  readonly maps: readonly Float32Array[];
}

/** Fills the maps. */
export interface MapsTask extends IncrementalPart {
  readonly kind: 'maps';
}

/** Scores of the picture with the baseline in boxes, which are pairs of spans. */
export interface BoxTask extends IncrementalPart {
  readonly kind: 'boxes';
  readonly boxes: readonly (readonly [y: number, x: number])[];
  readonly reading: ScoreReading;
}

export type Task = ScoreTask | SumTask | AblationTask | MapsTask | BoxTask;

/** Loads ONNX Runtime, and makes the session of a graph if there is one, so that the first task that runs it need not. */
export interface OpenTask {
  readonly kind: 'open';
  readonly graph?: GraphSource;
}

/** Scores of each recipe, [recipes, targets]. */
export interface ScoreOutcome {
  readonly kind: 'scores';
  readonly values: Float64Array;
}

/** The sums of the groups that the task's rows belong to. */
export interface SumOutcome {
  readonly kind: 'sums';
  readonly groups: readonly { readonly group: number; readonly values: readonly Float64Array[] }[];
  readonly shapes: readonly (readonly number[])[];
}

/** What a worker answers; a failure with a code has a sentence of its own. A worker that answers nothing was lost. */
export type Outcome =
  | ScoreOutcome
  | SumOutcome
  | { readonly kind: 'opened' }
  | { readonly kind: 'mapped' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: ErrorCode };

/** What comes back for a task. */
export interface Answer {
  readonly outcome: Outcome;
  /** From the task's turn to its end. */
  readonly milliseconds: number;
}
