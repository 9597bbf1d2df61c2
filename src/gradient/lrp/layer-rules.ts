/** The rules for layers with weights, in zennit's forms: inputs of either sign; and in captum's, which take them as they are. */
import { expandLike } from '../shaping.ts';
import { back, forward, type Layer, type LayerRule, shareAmong, stabilised } from './shares.ts';

const positive = ({ context: { b } }: Layer, value: string) => b.op('Relu', [value]);
const negative = ({ context: { b } }: Layer, value: string) => b.op('Min', [value, b.constant('float32', 0)]);

/** What the layer gives, its bias left out where biases count for nothing. */
const outputOf = (layer: Layer) =>
  layer.context.inputs[2] === (layer.bias ?? '') ? layer.context.y : forward(layer, layer);

/** z = x W + bias */
export const epsilonRule =
  (epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { context } = layer;
    const share = context.div(relevance, stabilised(context, outputOf(layer), epsilon));
    return context.mul(layer.x, back(layer, layer, share));
  };

/** z = x⁺ W⁺ + x⁻ W⁻ + bias⁺: only what adds to the output (α = 1, β = 0; also called z⁺) */
export const alpha1Beta0 =
  (epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { x, weights, bias } = layer;
    const terms = [
      { x: positive(layer, x), weights: positive(layer, weights), bias: bias && positive(layer, bias) },
      { x: negative(layer, x), weights: negative(layer, weights) },
    ];
    return shareAmong(layer, relevance, terms, epsilon);
  };

/**
 * Where y > 0: z = x⁺ (W + γ W⁺) + x⁻ (W + γ W⁻) + (bias + γ bias⁺);
 * where y < 0: z = x⁺ (W + γ W⁻) + x⁻ (W + γ W⁺) + (bias + γ bias⁻)
 */
export const gammaRule =
  (gamma: number, epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { context, x, weights, bias } = layer;
    const { add, mul, greater, less, indicator } = context;
    const y = outputOf(layer);
    const stressed = (part: typeof positive, value: string) => add(value, mul(gamma, part(layer, value)));
    const part = (same: typeof positive, opposite: typeof positive, where: string) =>
      shareAmong(
        layer,
        mul(relevance, indicator(where)),
        [
          { x: positive(layer, x), weights: stressed(same, weights), bias: bias && stressed(same, bias) },
          { x: negative(layer, x), weights: stressed(opposite, weights) },
        ],
        epsilon,
      );
    return add(part(positive, negative, greater(y, 0)), part(negative, positive, less(y, 0)));
  };

/** z = Σ 1: every input of a window alike, whatever its value and weight */
export const flatRule =
  (epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { context, x, weights } = layer;
    const { b } = context;
    const ones = (value: string) => expandLike(b, b.constant('float32', 1), value);
    return shareAmong(layer, relevance, [{ x: ones(x), weights: ones(weights) }], epsilon);
  };

/** z = x (W + γ W⁺) + bias */
export const captumGamma =
  (gamma: number, epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { context, x, weights, bias } = layer;
    const { add, mul } = context;
    const stressed = add(weights, mul(gamma, positive(layer, weights)));
    return shareAmong(layer, relevance, [{ x, weights: stressed, bias }], epsilon);
  };

/** z = x W⁺ + bias */
export const captumAlpha1Beta0 =
  (epsilon: number): LayerRule =>
  (layer, relevance) => {
    const { x, weights, bias } = layer;
    return shareAmong(layer, relevance, [{ x, weights: positive(layer, weights), bias }], epsilon);
  };
