/** The rules for layers with weights, in zennit's forms: inputs of either sign; and in captum's, which take them as they are. */
import { expandLike } from '../shaping.ts';
import { back, forward, type Layer, type LayerRule, shareAmong, stabilised, type Term } from './shares.ts';

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

/** x⁺ W′ + x⁻ W″ + bias; of an x that is never below 0 the first term is all. */
function bySign(
  layer: Layer,
  nonNegative: ReadonlySet<string>,
  [above, below]: readonly [string, string],
  bias: string | undefined,
): Term[] {
  const { x } = layer;
  if (nonNegative.has(x)) return [{ x, weights: above, bias }];
  return [
    { x: positive(layer, x), weights: above, bias },
    { x: negative(layer, x), weights: below },
  ];
}

/** z = x⁺ W⁺ + x⁻ W⁻ + bias⁺: only what adds to the output (α = 1, β = 0; also called z⁺) */
export const alpha1Beta0 =
  (epsilon: number, nonNegative: ReadonlySet<string>): LayerRule =>
  (layer, relevance) => {
    const { weights, bias } = layer;
    const parts = [positive(layer, weights), negative(layer, weights)] as const;
    return shareAmong(layer, relevance, bySign(layer, nonNegative, parts, bias && positive(layer, bias)), epsilon);
  };

/**
 * Where y > 0: z = x⁺ (W + γ W⁺) + x⁻ (W + γ W⁻) + (bias + γ bias⁺);
 * where y < 0: z = x⁺ (W + γ W⁻) + x⁻ (W + γ W⁺) + (bias + γ bias⁻)
 */
export const gammaRule =
  (gamma: number, epsilon: number, nonNegative: ReadonlySet<string>): LayerRule =>
  (layer, relevance) => {
    const { context, weights, bias } = layer;
    const { add, mul, greater, less, indicator } = context;
    const y = outputOf(layer);
    const stressed = (part: typeof positive, value: string) => add(value, mul(gamma, part(layer, value)));
    const [up, down] = [stressed(positive, weights), stressed(negative, weights)];
    const share = (where: string, parts: readonly [string, string], sign: typeof positive) => {
      const terms = bySign(layer, nonNegative, parts, bias && stressed(sign, bias));
      return shareAmong(layer, mul(relevance, indicator(where)), terms, epsilon);
    };
    return add(share(greater(y, 0), [up, down], positive), share(less(y, 0), [down, up], negative));
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
