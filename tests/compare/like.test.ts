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
  expect(withDefaultsLike({ alpha: '0.9' })).toEqual({ alpha: '0.9' });
});

test.each([
  ['LimeImageExplainer', 'lime'],
  ['LayerGradCam', 'grad-cam'],
  ['GradCAM', 'grad-cam'],
  ['LayerCAM', 'layer-cam'],
  ['Occlusion', 'occlusion'],
  ['IntegratedGradients', 'integrated-gradients'],
  ['Saliency', 'saliency'],
])('the class %s is %s', (name, canonical) => {
  expect(parseMethods([name]).map(({ method }) => method.name)).toEqual([canonical]);
});
