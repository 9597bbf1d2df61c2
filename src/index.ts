/** Everything a user of the library imports. */
export { type Agreement, agreement } from './compare/agreement.ts';
export { type CompareOptions, type Comparison, compare } from './compare/compare.ts';
export { type GivenMap, type GivenMapFor, importAttribution } from './compare/import-attribution.ts';
export type { Tool } from './compare/like.ts';
export { type MeasuredAttribution, type MeasureOptions, measure } from './compare/measure.ts';
export { METHODS, type MethodOptions, type RegisteredMethod } from './compare/methods.ts';
export type { Region } from './compare/metrics/object-mask.ts';
export {
  type Attribution,
  type Family,
  type Json,
  type Repeated,
  type SpatialMap,
  spatialMap,
} from './core/attribution.ts';
export { type BaselineSpec, baselineOf } from './core/baseline.ts';
export { type ErrorCode, ExplainError } from './core/errors.ts';
export type { Explainer } from './core/explainer.ts';
export type { Curve, Measured } from './core/measured.ts';
export { decodeNpy, encodeNpy } from './core/npy.ts';
export type { Classifier, InputTensor, Photo, Picture, Predictor, Progress, RunOptions } from './core/predictor.ts';
export type { Recipe, Scene } from './core/recipe.ts';
export type { ScoreKind } from './core/score.ts';
export type { TargetOptions } from './core/subject.ts';
export type { Target } from './core/target.ts';
export type { Tensor } from './core/tensor.ts';
export type { Lattice, View } from './core/view.ts';
export { ablationCam } from './gradient/ablation-cam.ts';
export { cam } from './gradient/cam.ts';
export { deconvnet } from './gradient/deconvnet.ts';
export { deepLift } from './gradient/deep-lift.ts';
export { eigenCam } from './gradient/eigen-cam.ts';
export { gradCam } from './gradient/grad-cam.ts';
export { gradCamPlusPlus } from './gradient/grad-cam-plus-plus.ts';
export { guidedBackprop } from './gradient/guided-backprop.ts';
export { guidedGradCam } from './gradient/guided-grad-cam.ts';
export { hiResCam } from './gradient/hires-cam.ts';
export { inputXGradient } from './gradient/input-x-gradient.ts';
export { integratedGradients } from './gradient/integrated-gradients.ts';
export { isCam } from './gradient/is-cam.ts';
export { layerCam } from './gradient/layer-cam.ts';
export { lrp } from './gradient/lrp.ts';
export { saliency } from './gradient/saliency.ts';
export { scoreCam } from './gradient/score-cam.ts';
export { smoothGradCamPlusPlus } from './gradient/smooth-grad-cam-plus-plus.ts';
export { ssCam } from './gradient/ss-cam.ts';
export { xGradCam } from './gradient/xgrad-cam.ts';
export { type LoadedImage, loadImage } from './image/load-image.ts';
export { type Concept, type Factorization, type FactorizeOptions, factorize } from './inside/factorize.ts';
export { type FeatureMaps, type FeatureMapsOptions, featureMaps } from './inside/feature-maps.ts';
export { type Maximized, type MaximizeOptions, maximize } from './inside/maximize.ts';
export { type Reconstruction, type ReconstructOptions, reconstruct } from './inside/reconstruct.ts';
export { type LoadOptions, loadModel, type Model } from './model.ts';
export { fromFunction } from './perturb/from-function.ts';
export { kernelShap } from './perturb/kernel-shap.ts';
export { type LimeExplanation, lime } from './perturb/lime.ts';
export { occlusion } from './perturb/occlusion.ts';
export { rise } from './perturb/rise.ts';
export { grid } from './perturb/segment/grid.ts';
export { quickshift } from './perturb/segment/quickshift.ts';
export type { SegmentExplanation } from './perturb/segment/segment-explanation.ts';
export { slic } from './perturb/segment/slic.ts';
export { solveLime } from './perturb/solve-lime.ts';
export { boundaries } from './render/boundaries.ts';
export { conceptFigure } from './render/concept-figure.ts';
export { cutout } from './render/cutout.ts';
export { featureGrid } from './render/feature-grid.ts';
export { figure } from './render/figure.ts';
export { type PanelOptions, panels } from './render/panels.ts';
export { pictureGrid } from './render/picture-grid.ts';
export { png } from './render/png.ts';
export { type RenderOptions, render } from './render/render.ts';
export { type Reported, type ReportOptions, type ReportRun, report } from './render/report/report.ts';
