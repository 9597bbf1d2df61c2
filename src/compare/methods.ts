/** The methods by name: canonical names, the forgiving ways to write them, and the groups. */
import type { Attribution, Family } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { type GradCamOptions, gradCam } from '../gradient/grad-cam.ts';
import { type IntegratedGradientsOptions, integratedGradients } from '../gradient/integrated-gradients.ts';
import { type LayerCamOptions, layerCam } from '../gradient/layer-cam.ts';
import { saliency } from '../gradient/saliency.ts';
import { type KernelShapOptions, kernelShap } from '../perturb/kernel-shap.ts';
import { type LimeOptions, lime } from '../perturb/lime.ts';
import { type OcclusionOptions, occlusion } from '../perturb/occlusion.ts';
import { type RiseOptions, rise } from '../perturb/rise.ts';
import { type MethodOptionName, readMethodOption } from './method-options.ts';

/** The options of all methods together; each method reads its own. */
export type MethodOptions = OcclusionOptions &
  LimeOptions &
  RiseOptions &
  KernelShapOptions &
  IntegratedGradientsOptions &
  GradCamOptions &
  LayerCamOptions;

export interface Method {
  readonly name: string;
  readonly family: Family;
  /** The options that the method reads. */
  readonly options: readonly MethodOptionName[];
  readonly explain: Explainer<Differentiable, MethodOptions, Attribution>;
}

/** What LIME and KernelSHAP share: the segments and what stands in their place. */
const SEGMENT_OPTIONS = [
  'segmentation',
  'segments',
  'compactness',
  'sigma',
  'kernelSize',
  'maxDist',
  'ratio',
  'fill',
] as const;

/** All methods, in the order in which they are shown. */
export const METHODS: readonly Method[] = [
  {
    name: 'occlusion',
    family: 'perturbation',
    options: ['score', 'window', 'stride', 'baseline', 'seed'],
    explain: occlusion,
  },
  {
    name: 'lime',
    family: 'perturbation',
    options: ['score', 'samples', 'seed', ...SEGMENT_OPTIONS, 'kernelWidth', 'ridge', 'numFeatures'],
    explain: lime,
  },
  {
    name: 'rise',
    family: 'perturbation',
    options: ['score', 'samples', 'seed', 'cells', 'keepProbability', 'denominator', 'baseline'],
    explain: rise,
  },
  {
    name: 'kernel-shap',
    family: 'perturbation',
    options: ['score', 'samples', 'seed', ...SEGMENT_OPTIONS, 'sampling'],
    explain: kernelShap,
  },
  { name: 'grad-cam', family: 'cam', options: ['score', 'layer'], explain: gradCam },
  { name: 'layer-cam', family: 'cam', options: ['score', 'layer'], explain: layerCam },
  {
    name: 'integrated-gradients',
    family: 'gradient',
    options: ['score', 'steps', 'quadrature', 'baseline', 'seed'],
    explain: integratedGradients,
  },
  { name: 'saliency', family: 'gradient', options: ['score'], explain: saliency },
];

const GROUPS: readonly string[] = ['all', 'perturbation', 'gradient', 'cam'];
const SHORT_NAMES: Readonly<Record<string, string>> = { ig: 'integrated-gradients' };

/** A method and the options written behind its name. */
export interface ChosenMethod {
  readonly method: Method;
  readonly options: MethodOptions;
}

/**
 * Methods from names, groups and `name:option=value` texts. Case, `-` and `_` do not matter, `pp` stands for `++`, and
 * the class names of captum, torch-cam and pytorch-grad-cam are understood (`GradCAM`, `IntegratedGradients`).
 * A method that is chosen twice with the same options is taken once.
 * @throws `ERR_OPTION` for a name that no method has, or an option that the method does not have
 */
export function parseMethods(names: readonly string[]): ChosenMethod[] {
  const chosen = names.flatMap((text) => {
    const [name = '', ...settings] = text.split(/:(?=[\w-]+=)/);
    const options = settings.map(readSetting);
    return methodsNamed(name).map((method) => withOptions(method, options));
  });
  return [...new Map(chosen.map((choice) => [JSON.stringify([choice.method.name, choice.options]), choice])).values()];
}

function withOptions(method: Method, options: readonly (readonly [MethodOptionName, unknown])[]): ChosenMethod {
  for (const [option] of options) {
    if (method.options.includes(option)) continue;
    throw expected(
      'ERR_OPTION',
      `method ${method.name}`,
      `one of its options ${method.options.join(', ')}`,
      `'${option}'`,
    );
  }
  return { method, options: Object.fromEntries(options) as MethodOptions };
}

function methodsNamed(name: string): Method[] {
  const plain = plainName(name);
  if (GROUPS.includes(plain)) return METHODS.filter(({ family }) => plain === 'all' || family === plain);
  const canonical = plainName(SHORT_NAMES[plain] ?? plain);
  const method = METHODS.find((candidate) => plainName(candidate.name) === canonical);
  if (method) return [method];
  const known = [...METHODS.map((candidate) => candidate.name), ...GROUPS].join(', ');
  throw expected('ERR_OPTION', 'method', `one of ${known}`, `'${name}'`);
}

/** Lower case, without `-`, `_` and blanks, and `++` for `pp`. */
const plainName = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '')
    .replace(/pp$/, '++');

function readSetting(setting: string): readonly [MethodOptionName, unknown] {
  const equals = setting.indexOf('=');
  return readMethodOption(setting.slice(0, equals), setting.slice(equals + 1));
}
