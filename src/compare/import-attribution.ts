/** Maps made elsewhere, by captum say, as attributions beside our own. */
import type { Attribution } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import { explainer } from '../core/explainer.ts';
import type { Classifier, Picture } from '../core/predictor.ts';
import type { TargetOptions } from '../core/subject.ts';
import { resolveTarget } from '../core/target.ts';
import { sizeOf } from '../core/tensor.ts';
import type { Lattice } from '../core/view.ts';
import { isMethodName } from './parse-methods.ts';

/** A map made elsewhere. */
export interface GivenMap {
  /** What it is called in the results: letters, digits, `.`, `_`, `+` and `-`; no name of a method of this package. */
  readonly name: string;
  /** In C order. */
  readonly data: ArrayLike<number>;
  /** [C, H, W] or [H, W] of the model's input, or [h, w] of cells that cover it evenly; axes of length 1 before these are dropped. */
  readonly shape: readonly number[];
}

/** A map for one of the classes that are compared, by index or name; without a target for each of them. */
export interface GivenMapFor extends GivenMap {
  readonly target?: number | string | undefined;
}

/**
 * An attribution from a map that another tool made of the same picture. Channels are summed, as captum draws them.
 * @param map [C, H, W], [H, W] or [h, w]
 * @param options the class that it explains (default: the predicted one) and the score; there are no passes
 * @throws `ERR_OPTION` where the map does not fit the model's input, has a value that is no finite number, or is called as
 * a method is; `ERR_TARGET` where the target is no class
 * @example
 * const { data, shape } = decodeNpy(await readFile('map.npy'));
 * const attribution = await importAttribution(model, image, { name: 'captum', data, shape }, { target: 'cat' });
 */
export function importAttribution(
  model: Classifier,
  image: Picture,
  map: GivenMap,
  options: TargetOptions = {},
): Promise<Attribution> {
  checkName(map.name);
  return explainer<Classifier, object, Attribution>(map.name, 'logit', async (_, { picture, targets }) =>
    targets.map(() => ({ ...placed(map, picture.shape), ...UNKNOWN })),
  )(model, image, options);
}

const UNKNOWN = { options: {}, forwardPasses: 0, backwardPasses: 0, fold: 'sum', unit: 'its own unit' } as const;

/**
 * The maps of every name for each of the targets, name by name.
 * @throws `ERR_OPTION` where a name has none or several for a class, or one for a class that is not compared, and as
 * `importAttribution` does
 */
export async function importAttributions(
  model: Classifier,
  image: Picture,
  maps: readonly GivenMapFor[],
  { targets, ...options }: TargetOptions & { readonly targets: readonly number[]; readonly classes: number },
): Promise<Attribution[]> {
  const indexOf = ({ target }: GivenMapFor) =>
    target === undefined ? undefined : resolveTarget(target, model.labels, options.classes);
  const stray = maps.find((map) => ![undefined, ...targets].includes(indexOf(map)));
  if (stray) {
    const wanted = `a map for one of the classes that are compared, ${targets.join(', ')}`;
    throw expected('ERR_OPTION', `attribution ${stray.name}`, wanted, `one for class ${indexOf(stray)}`);
  }
  const imported: Attribution[] = [];
  for (const name of new Set(maps.map((map) => map.name))) {
    const named = maps.filter((map) => map.name === name);
    for (const target of targets) {
      const fitting = named.filter((map) => [undefined, target].includes(indexOf(map)));
      if (fitting.length !== 1) throw notOne(name, target, fitting.length);
      imported.push(await importAttribution(model, image, fitting[0]!, { ...options, target }));
    }
  }
  return imported;
}

const notOne = (name: string, target: number, count: number) =>
  expected(
    'ERR_OPTION',
    `attribution ${name}`,
    `one map for class ${target}`,
    count === 0 ? 'none' : count,
    count === 0 ? `Add ${name}@${target}=FILE, or name the classes to compare.` : 'Give another a name of its own.',
  );

function checkName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u.test(name)) {
    throw expected('ERR_OPTION', 'name of an attribution', 'letters, digits, ., _, + and -', `'${name}'`);
  }
  // A method that comes again with other options is numbered: occlusion-2.
  if (isMethodName(name.replace(/-\d+$/, ''))) {
    const own = 'a name that no method of this package has';
    throw expected('ERR_OPTION', 'name of an attribution', own, `'${name}'`, `Call it other-${name}, say.`);
  }
}

/** The map's values where they lie on the input [C, H, W]. */
function placed({ name, data, shape: given }: GivenMap, input: readonly number[]) {
  const shape = withoutLeadingOnes(given);
  const what = `attribution ${name}`;
  const [channels, height, width] = input as [number, number, number];
  const [rows, columns] = shape.slice(-2) as [number, number];
  const isPixels = shape.length === 3 && shape.every((length, axis) => length === input[axis]);
  const isCells = shape.length === 2 && rows >= 1 && rows <= height && columns >= 1 && columns <= width;
  if (!isPixels && !isCells) {
    const wanted = `[${channels}, ${height}, ${width}], [${height}, ${width}] or fewer cells [h, w]`;
    throw expected('ERR_OPTION', what, wanted, `[${given.join(', ')}]`);
  }
  if (data.length !== sizeOf(shape)) throw expected('ERR_OPTION', what, `${sizeOf(shape)} values`, data.length);
  const values = Float32Array.from(data);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw expected('ERR_OPTION', what, 'finite numbers', `${values[wrong]} at position ${wrong}`);
  const isConstant = values.every((value) => value === values[0]);
  return {
    data: values,
    shape,
    lattice: evenly(height / rows, width / columns),
    ...(isConstant ? { warnings: [`${what} has the same value everywhere: it ranks no pixel before another.`] } : {}),
  };
}

/** Captum's arrays begin with the batch, and those of layers with one channel. */
const withoutLeadingOnes = (shape: readonly number[]): readonly number[] =>
  shape.length > 2 && shape[0] === 1 ? withoutLeadingOnes(shape.slice(1)) : shape;

/** Cells of so many pixels side by side from the first pixel on. */
const evenly = (stepY: number, stepX: number): Lattice => ({
  originY: (stepY - 1) / 2,
  originX: (stepX - 1) / 2,
  stepY,
  stepX,
});
