import { describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { leftOutOfGroups, parseMethods } from '../../dist/src/compare/parse-methods.js';

const names = (...texts: string[]) => parseMethods(texts).map(({ method }) => method.name);

describe('method names', () => {
  test.each([
    ['grad-cam', 'grad-cam'],
    ['GradCAM', 'grad-cam'],
    ['grad_cam', 'grad-cam'],
    ['LayerCAM', 'layer-cam'],
    ['GradCAMpp', 'grad-cam++'],
    ['GradCAMPlusPlus', 'grad-cam++'],
    ['SmoothGradCAMpp', 'smooth-grad-cam++'],
    ['XGradCAM', 'xgrad-cam'],
    ['HiResCAM', 'hires-cam'],
    ['SSCAM', 'ss-cam'],
    ['EigenCAM', 'eigen-cam'],
    ['class-activation-map', 'cam'],
    ['CAM', 'cam'],
    ['Cam', 'cam'],
    ['IntegratedGradients', 'integrated-gradients'],
    ['ig', 'integrated-gradients'],
    ['IG', 'integrated-gradients'],
    ['LIME', 'lime'],
    ['Occlusion', 'occlusion'],
    ['Saliency', 'saliency'],
    ['InputXGradient', 'input-x-gradient'],
    ['GuidedBackprop', 'guided-backprop'],
    ['Deconvolution', 'deconvnet'],
    ['GuidedGradCam', 'guided-grad-cam'],
    ['DeepLift', 'deep-lift'],
    ['LRP', 'lrp'],
    ['SmoothGrad', 'saliency'],
  ])('%s is %s', (written, canonical) => expect(names(written)).toEqual([canonical]));

  const affordable = METHODS.filter(({ name }) => !['ss-cam', 'is-cam'].includes(name));

  test('groups leave out methods of several passes for each channel', () => {
    for (const family of ['perturbation', 'cam', 'gradient']) {
      expect(names(family)).toEqual(affordable.filter((method) => method.family === family).map(({ name }) => name));
    }
    expect(names('perturbation').slice(0, 2)).toEqual(['occlusion', 'lime']);
    expect(names('all')).toEqual(affordable.map(({ name }) => name));
    expect(names('ALL')).toEqual(names('all'));
  });

  test.each([
    [['all'], ['ss-cam', 'is-cam']],
    [['cam:relu=no'], ['ss-cam', 'is-cam']],
    [['all', 'IS-CAM'], ['ss-cam']],
    [['gradient', 'perturbation', 'CAM', 'is-cam'], []],
  ])('what %j leaves out is said', (written, left) => {
    expect(leftOutOfGroups(written).map(({ name }) => name)).toEqual(left);
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
    ['smooth-grad', { noise: 'smoothgrad' }],
    ['VarGrad:noise-std=0.2', { noise: 'vargrad', noiseStd: 0.2 }],
    ['lrp:rule=captum-gamma:noise=smoothgrad-sq', { rule: 'captum-gamma', noise: 'smoothgrad-sq' }],
  ])('%s', (text, options) => expect(optionsOf(text)).toEqual(options));

  test('one that the method does not have is refused', () => {
    expect(() => optionsOf('grad-cam:window=16')).toThrow(/method grad-cam: expected one of its options .*'window'/);
    expect(() => parseMethods(['gradient:window=5'])).toThrow(/method [\w-]+: expected one of its options .*'window'/);
  });

  test('a method is taken once for the same options', () => {
    expect(names('all', 'lime', 'LIME')).toEqual(names('all'));
    expect(names('occlusion', 'occlusion:window=4', 'occlusion:window=4')).toEqual(['occlusion', 'occlusion']);
  });

  test('an unknown option and a number that is none are refused', () => {
    expect(() => optionsOf('lime:colour=3')).toThrow(/received 'colour'/);
    expect(() => optionsOf('lime:samples=many')).toThrow(/samples: expected a number, received 'many'/);
    expect(() => optionsOf('grad-cam:augSmooth=some')).toThrow(/aug-smooth: expected yes or no, received 'some'/);
  });
});
