import type { Recipe, Scene, WindowRecipe } from './recipe.ts';
import type { Activation, ScoreKind } from './score.ts';
import type { Tensor } from './tensor.ts';
import type { View } from './view.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What every long call takes. */
export interface RunOptions {
  /** Stops the call within one batch; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called as passes finish. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface ScoreRequest extends RunOptions {
  readonly targets: readonly number[];
  readonly score: ScoreKind;
}

/** Scores of many recipes: `values` is [recipes, targets] in C order. */
export interface Scores {
  readonly values: Float64Array;
  readonly forwardPasses: number;
}

/** All that a black-box explainer knows of a model: recipes in, scores out. */
export interface Predictor {
  predict(scene: Scene, recipes: readonly Recipe[], request: ScoreRequest): Promise<Scores>;
  /**
   * The same scores of windows, but for rounding, computed from what each window changes. Undefined where that does not pay. Without
   * it there is no graph to tell. Whether and how depends on all windows, also where only some are `chosen`, by their places.
   */
  readonly predictIncrementally?: (
    scene: Scene,
    windows: readonly WindowRecipe[],
    request: ScoreRequest,
    chosen?: readonly number[],
  ) => Promise<Scores | undefined>;
  /** The logits [classes] of one picture. */
  logits(picture: Tensor, options?: RunOptions): Promise<Float64Array>;
}

/** The mean and standard deviation per channel, on pixels 0–255, that turn pixels into the model's input. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A photo made ready for a model. */
export interface Prepared {
  /** The model's input [C, H, W], in shared memory. */
  readonly picture: Tensor;
  readonly normalisation: Normalisation;
  /** The least and the most that the model takes, where it takes whole numbers only. */
  readonly range?: readonly [least: number, most: number];
  /** Where the picture lies on the photo. */
  readonly view: View;
}

/** A photo in memory: RGB, 8 bits, upright. */
export interface Photo {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A picture that is already the model's input: [1, C, H, W] or [C, H, W], NHWC where the model says so. */
export interface InputTensor {
  readonly tensor: Tensor;
}

export type Picture = Photo | InputTensor;

/** A predictor with a name for each class and a way to prepare a photo: what explainers take as `model`. */
export interface Classifier extends Predictor {
  readonly labels: readonly string[];
  readonly activation: Activation;
  prepare(image: Picture): Promise<Prepared>;
}
