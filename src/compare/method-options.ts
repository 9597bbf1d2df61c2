/** Options of methods as text: `--window 24x12` on the command line, `occlusion:window=24x12` in a method's name. */
import { expected } from '../core/errors.ts';

/** Those whose value is a number. */
export const METHOD_NUMBERS = [
  'samples',
  'seed',
  'segments',
  'compactness',
  'sigma',
  'kernelWidth',
  'ridge',
  'numFeatures',
  'kernelSize',
  'maxDist',
  'ratio',
  'cells',
  'keepProbability',
  'steps',
] as const;
const TEXTS = [
  'window',
  'stride',
  'baseline',
  'segmentation',
  'fill',
  'sampling',
  'denominator',
  'quadrature',
  'layer',
  'score',
] as const;

export type MethodOptionName = (typeof METHOD_NUMBERS | typeof TEXTS)[number];

/** The options that can be written as text. */
export const METHOD_OPTION_NAMES: readonly MethodOptionName[] = [...METHOD_NUMBERS, ...TEXTS];

/**
 * The value of a method's option from text. Names may be written `kernel-width` or `kernelWidth`.
 * @throws `ERR_OPTION` for an option that no method has, or a text that is no number where one is wanted
 */
export function readMethodOption(
  name: string,
  text: string,
): readonly [name: MethodOptionName, value: number | string] {
  const camel = name.trim().replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const known = METHOD_OPTION_NAMES.find((option) => option === camel);
  if (!known) {
    throw expected('ERR_OPTION', 'option of a method', `one of ${METHOD_OPTION_NAMES.join(', ')}`, `'${name}'`);
  }
  if (TEXTS.some((option) => option === known)) return [known, text];
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw expected('ERR_OPTION', name, 'a number', `'${text}'`);
  return [known, value];
}
