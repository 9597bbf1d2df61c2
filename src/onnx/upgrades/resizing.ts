/** Upsample became Resize, whose pixels then got centres. */
import { toInput, type Upgrade, type Upgrades, withMode } from './rule.ts';

const toResize: Upgrade = (node) => ({ ...node, op: 'Resize' });

/** Before 11, corners lay on corners; the nearest pixel was the one before when growing, the one after when shrinking. */
const statedCoordinates: Upgrade = (node, { numbersOf }) => {
  const scales = node.inputs[1]!;
  const shrinks = numbersOf(scales)?.some((scale) => scale < 1) ?? false;
  const asymmetric = withMode(node, 'coordinate_transformation_mode', 'asymmetric');
  return { ...withMode(asymmetric, 'nearest_mode', shrinks ? 'ceil' : 'floor'), inputs: [node.inputs[0]!, '', scales] };
};

/** An empty tensor of scales meant none. */
const withoutEmptyScales: Upgrade = (node, { numbersOf }) =>
  numbersOf(node.inputs[2])?.length === 0 ? { ...node, inputs: node.inputs.with(2, '') } : node;

export const resizing: Upgrades = {
  Upsample: { 9: toInput('scales', 'float32', 1), 10: toResize },
  Resize: { 11: statedCoordinates, 18: withoutEmptyScales },
  GridSample: {
    20: (node) => {
      const mode = node.attributes.mode?.value;
      return mode === 'bicubic'
        ? withMode(node, 'mode', 'cubic')
        : mode === 'nearest'
          ? node
          : withMode(node, 'mode', 'linear');
    },
  },
  RoiAlign: {
    16: (node) =>
      node.attributes.coordinate_transformation_mode
        ? node
        : withMode(node, 'coordinate_transformation_mode', 'output_half_pixel'),
  },
};
