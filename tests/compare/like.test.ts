import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withDefaultsLike } from '../../dist/src/cli/like.js';
import { defaultsLike, TOOLS } from '../../dist/src/compare/like.js';
import { optionsOf } from '../../dist/src/compare/method-options.js';
import { METHODS } from '../../dist/src/compare/methods.js';
import { parseMethods } from '../../dist/src/compare/parse-methods.js';

test.each(TOOLS)('%s: every option is one that the method reads, with another value than its own default', (tool) => {
  for (const method of METHODS) {
    for (const [name, value] of Object.entries(defaultsLike(tool, method.name))) {
      expect(optionsOf(method)).toContain(name);
      const own = name === 'score' ? method.score : method.options[name as keyof typeof method.options];
      expect(own).not.toBe(String(value));
    }
  }
});

test('no tool, no options; an unknown one is refused', () => {
  expect(defaultsLike(undefined, 'lime')).toEqual({});
  expect(() => defaultsLike('shap' as 'lime', 'lime')).toThrow(/like: expected one of captum, torch-cam/);
});

test('what stands on the command line goes before what the tool does', () => {
  expect(withDefaultsLike({ like: 'torch-cam', alpha: '0.9' })).toMatchObject({ colormap: 'jet', alpha: '0.9' });
  expect(withDefaultsLike({ like: 'lime', negativeOnly: true })).toMatchObject({ positiveOnly: false, top: 5 });
  expect(withDefaultsLike({ like: 'captum' })).toMatchObject({
    sign: 'absolute',
    colormap: expect.stringMatching(/#08306b$/),
  });
  expect(withDefaultsLike({ like: 'captum', sign: 'all' })).toMatchObject({ colormap: '#f00,#fff,#008000' });
  expect(withDefaultsLike({ like: 'captum', colormap: 'jet' })).toMatchObject({ colormap: 'jet' });
  expect(withDefaultsLike({ alpha: '0.9' })).toEqual({ alpha: '0.9' });
});

/** The classes of each tool that have a counterpart here: what they are called, and the method or its option. */
const CLASSES: { readonly [tool: string]: { readonly [name: string]: string } } = {
  captum: {
    Occlusion: 'occlusion',
    Lime: 'lime',
    KernelShap: 'kernel-shap',
    IntegratedGradients: 'integrated-gradients',
    Saliency: 'saliency',
    InputXGradient: 'input-x-gradient',
    GuidedBackprop: 'guided-backprop',
    Deconvolution: 'deconvnet',
    GuidedGradCam: 'guided-grad-cam',
    DeepLift: 'deep-lift',
    LRP: 'lrp',
    LayerGradCam: 'grad-cam',
  },
  'torch-cam': {
    CAM: 'cam',
    GradCAM: 'grad-cam',
    GradCAMpp: 'grad-cam++',
    SmoothGradCAMpp: 'smooth-grad-cam++',
    XGradCAM: 'xgrad-cam',
    LayerCAM: 'layer-cam',
    ScoreCAM: 'score-cam',
    SSCAM: 'ss-cam',
    ISCAM: 'is-cam',
  },
  'pytorch-grad-cam': {
    GradCAM: 'grad-cam',
    GradCAMPlusPlus: 'grad-cam++',
    XGradCAM: 'xgrad-cam',
    LayerCAM: 'layer-cam',
    HiResCAM: 'hires-cam',
    GradCAMElementWise: 'hires-cam:variant=element-wise',
    EigenCAM: 'eigen-cam',
    EigenGradCAM: 'hires-cam:eigen-smooth=yes',
    ScoreCAM: 'score-cam',
    AblationCAM: 'ablation-cam',
    GuidedBackpropReLUModel: 'guided-backprop',
  },
  lime: { LimeImageExplainer: 'lime' },
};
const classes = Object.entries(CLASSES).flatMap(([tool, names]) =>
  Object.entries(names).map(([name, meaning]) => ({ tool, name, meaning })),
);

test.each(classes)('$name of $tool is $meaning', ({ name, meaning }) => {
  expect(parseMethods([name])).toEqual(parseMethods([meaning === 'cam' ? 'class-activation-map' : meaning]));
  expect(parseMethods([name])).toHaveLength(1);
});

test.each(classes)('docs/coming-from.md has $name of $tool', ({ tool, name }) => {
  const page = readFileSync(new URL('../../docs/coming-from.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split(`\n## ${tool}\n`);
  expect(section.split('\n## ')[0]).toContain(`\`${name}`);
});
