/** Methods that read a model in each of the ways there are: scores, segments, masks, a layer, the picture, a path to it. */
export const METHODS = [
  'occlusion',
  'lime',
  'rise',
  'kernel-shap',
  'grad-cam',
  'layer-cam',
  'integrated-gradients',
  'saliency',
];
