import { sharedTensor, type Tensor } from '../../core/tensor.ts';

/** The picture [C, H, W] with each segment in its mean colour, in shared memory. */
export function segmentMeans({ data, shape }: Tensor, labels: Int32Array, segments: number): Tensor {
  const plane = labels.length;
  const counts = new Uint32Array(segments);
  for (const label of labels) counts[label]! += 1;
  const means = sharedTensor(shape);
  for (let start = 0; start < data.length; start += plane) {
    const sums = new Float64Array(segments);
    for (let pixel = 0; pixel < plane; pixel++) sums[labels[pixel]!]! += data[start + pixel]!;
    for (let pixel = 0; pixel < plane; pixel++) {
      means.data[start + pixel] = sums[labels[pixel]!]! / counts[labels[pixel]!]!;
    }
  }
  return means;
}
