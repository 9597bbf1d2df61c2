/** A picture that is already a model's input, e.g. read from a `.npy` file. */
import { expected } from '../core/errors.ts';
import type { Normalisation, Prepared } from '../core/predictor.ts';
import { sharedTensor, type Tensor } from '../core/tensor.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { WholeRange } from '../onnx/element-type.ts';

/**
 * A preprocessed tensor as what explainers work on.
 *
 * @param tensor [1, C, H, W] or [C, H, W]; with the channels last where `layout` is `nhwc`
 * @param shape the model's [C, H, W]
 * @param normalisation what turned pixels into the tensor: pictures of it are drawn with its inverse
 * @param range of a model that takes whole numbers: others are not rounded silently
 * @throws `ERR_IMAGE` where the shape is another one, or a number is not of `range`
 */
export function preparedTensor(
  tensor: Tensor,
  shape: readonly [number, number, number],
  layout: Layout,
  normalisation: Normalisation,
  range?: WholeRange,
): Prepared {
  const [channels, height, width] = shape;
  const wanted = layout === 'nchw' ? shape : [height, width, channels];
  const given = tensor.shape.length === 4 && tensor.shape[0] === 1 ? tensor.shape.slice(1) : tensor.shape;
  if (String(given) !== String(wanted)) {
    throw expected('ERR_IMAGE', 'input tensor', `the shape [1, ${wanted.join(', ')}]`, `[${tensor.shape.join(', ')}]`);
  }
  const unfit =
    range && tensor.data.find((value) => !(Number.isInteger(value) && value >= range[0] && value <= range[1]));
  if (unfit !== undefined) {
    throw expected('ERR_IMAGE', 'input tensor', `whole numbers from ${range![0]} to ${range![1]}`, unfit);
  }
  const picture = sharedTensor(shape);
  if (layout === 'nchw') picture.data.set(tensor.data);
  else {
    const plane = height * width;
    for (let at = 0; at < tensor.data.length; at++) {
      picture.data[(at % channels) * plane + Math.floor(at / channels)] = tensor.data[at]!;
    }
  }
  return { picture, normalisation, view: { width, height, crop: [0, 0, width, height] } };
}
