import { describe, expect, test } from 'vitest';
import { parseMethods } from '../../dist/src/compare/methods.js';

const names = (...texts: string[]) => parseMethods(texts).map(({ method }) => method.name);

describe('method names', () => {
  test.each([
    ['grad-cam', 'grad-cam'],
    ['GradCAM', 'grad-cam'],
    ['grad_cam', 'grad-cam'],
    ['LayerCAM', 'layer-cam'],
    ['IntegratedGradients', 'integrated-gradients'],
    ['ig', 'integrated-gradients'],
    ['IG', 'integrated-gradients'],
    ['LIME', 'lime'],
    ['Occlusion', 'occlusion'],
    ['Saliency', 'saliency'],
  ])('%s is %s', (written, canonical) => expect(names(written)).toEqual([canonical]));

  test('groups', () => {
    expect(names('perturbation')).toEqual(['occlusion', 'lime', 'rise', 'kernel-shap']);
    expect(names('cam')).toEqual(['grad-cam', 'layer-cam']);
    expect(names('gradient')).toEqual(['integrated-gradients', 'saliency']);
    expect(names('all')).toHaveLength(8);
  });

  test('an unknown one is refused with those there are', () => {
    expect(() => names('grad-cat')).toThrow(/one of occlusion, lime.*received 'grad-cat'/);
  });
});

describe('options behind a name', () => {
  const optionsOf = (text: string) => parseMethods([text])[0]!.options;

  test.each([
    ['occlusion:window=24x12:stride=4', { window: '24x12', stride: '4' }],
    ['occlusion:baseline=blur:11', { baseline: 'blur:11' }],
    ['occlusion:baseline=blur:11:window=8', { baseline: 'blur:11', window: '8' }],
    ['lime:samples=200:kernel-width=0.5', { samples: 200, kernelWidth: 0.5 }],
    ['grad-cam:layer=layer4', { layer: 'layer4' }],
  ])('%s', (text, options) => expect(optionsOf(text)).toEqual(options));

  test('one that the method does not have is refused', () => {
    expect(() => optionsOf('grad-cam:window=16')).toThrow(/method grad-cam: expected one of its options .*'window'/);
    expect(() => parseMethods(['cam:steps=5'])).toThrow(/method grad-cam/);
  });

  test('a method is taken once for the same options', () => {
    expect(names('all', 'lime', 'LIME')).toHaveLength(8);
    expect(names('occlusion', 'occlusion:window=4', 'occlusion:window=4')).toEqual(['occlusion', 'occlusion']);
  });

  test('an unknown option and a number that is none are refused', () => {
    expect(() => optionsOf('lime:colour=3')).toThrow(/received 'colour'/);
    expect(() => optionsOf('lime:samples=many')).toThrow(/samples: expected a number, received 'many'/);
  });
});
