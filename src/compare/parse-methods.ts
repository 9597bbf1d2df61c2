/** Methods as people write them: canonical names and the forgiving ways to write them, groups, and options behind a name. */
import { expected } from '../core/errors.ts';
import { type MethodOptionName, optionsOf, readMethodOption } from './method-options.ts';
import { METHODS, type MethodOptions, type RegisteredMethod } from './methods.ts';

const GROUPS: readonly string[] = ['all', 'perturbation', 'gradient', 'cam'];

/** What has a name of its own elsewhere and is a method with an option here. */
const WITH_OPTION: ReadonlyMap<string, readonly string[]> = new Map([
  ['smoothgrad', ['saliency', 'noise=smoothgrad']],
  ['smoothgradsq', ['saliency', 'noise=smoothgrad-sq']],
  ['vargrad', ['saliency', 'noise=vargrad']],
  ['gradcamelementwise', ['hires-cam', 'variant=element-wise']],
  ['eigengradcam', ['hires-cam', 'eigen-smooth=yes']],
]);

/** A method and the options written behind its name. */
export interface ChosenMethod {
  readonly method: RegisteredMethod;
  readonly options: MethodOptions;
}

/**
 * Methods from names, groups and `name:option=value` texts. Case, `-` and `_` do not matter, `pp` and `PlusPlus` stand for
 * `++`, and the class names of captum, torch-cam, pytorch-grad-cam and lime are understood (`GradCAM`, `LimeImageExplainer`).
 * `cam` alone, in small letters, is the group; `CAM`, torch-cam's class, is the method. Groups leave out methods that take
 * several passes for each channel. A method that is chosen twice with the same options is taken once.
 * @throws `ERR_OPTION` for a name that no method has, or an option that the method does not have
 */
export function parseMethods(names: readonly string[]): ChosenMethod[] {
  const chosen = names.flatMap((text) => {
    const [name = '', ...settings] = text.split(/:(?=[\w-]+=)/);
    const [method, ...implied] = WITH_OPTION.get(plainName(name)) ?? [name];
    const options = [...implied, ...settings].map(readSetting);
    return methodsNamed(method!).map((method) => withOptions(method, options));
  });
  return [...new Map(chosen.map((choice) => [JSON.stringify([choice.method.name, choice.options]), choice])).values()];
}

/** The methods that groups among the names stand for but leave out, as they take several passes for each channel. */
export function leftOutOfGroups(names: readonly string[]): RegisteredMethod[] {
  const chosen = parseMethods(names).map(({ method }) => method.name);
  const groups = names.map((text) => text.split(':')[0]!).filter(isGroup);
  return METHODS.filter(
    (method) => method.onlyByName && !chosen.includes(method.name) && groups.some((group) => isIn(method, group)),
  );
}

function withOptions(
  method: RegisteredMethod,
  options: readonly (readonly [MethodOptionName, unknown])[],
): ChosenMethod {
  const known = optionsOf(method);
  const foreign = options.find(([option]) => !known.includes(option));
  if (foreign) {
    throw expected('ERR_OPTION', `method ${method.name}`, `one of its options ${known.join(', ')}`, `'${foreign[0]}'`);
  }
  return { method, options: Object.fromEntries(options) as MethodOptions };
}

/** Whether a method, or a group of them, would be meant. */
export const isMethodName = (name: string): boolean => {
  const plain = plainName(name);
  return GROUPS.includes(plain) || WITH_OPTION.has(plain) || methodCalled(plain) !== undefined;
};

const methodCalled = (plain: string): RegisteredMethod | undefined =>
  METHODS.find((candidate) => [candidate.name, ...candidate.aliases].map(plainName).includes(plain));

function methodsNamed(name: string): RegisteredMethod[] {
  if (isGroup(name)) return METHODS.filter((method) => isIn(method, name) && !method.onlyByName);
  const plain = plainName(name);
  const method = methodCalled(plain);
  if (method) return [method];
  const known = [...METHODS.map((candidate) => candidate.name), ...GROUPS].join(', ');
  throw expected('ERR_OPTION', 'method', `one of ${known}`, `'${name}'`);
}

/** Of `cam` the case tells the group from the method. */
const isGroup = (name: string): boolean =>
  GROUPS.includes(plainName(name)) && (name === 'cam' || plainName(name) !== 'cam');

const isIn = ({ family }: RegisteredMethod, group: string): boolean => ['all', family].includes(plainName(group));

/** Lower case, without `-`, `_` and blanks, and `++` for `pp` and `plusplus`. */
const plainName = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '')
    .replace(/(pp|plusplus)$/, '++');

function readSetting(setting: string): readonly [MethodOptionName, unknown] {
  const equals = setting.indexOf('=');
  return readMethodOption(setting.slice(0, equals), setting.slice(equals + 1));
}
