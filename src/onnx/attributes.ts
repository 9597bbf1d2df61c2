import type { Node } from './graph.ts';

/** An INT or FLOAT attribute, or its default. */
export function numberAttribute<D extends number | undefined>(node: Node, name: string, fallback: D): number | D {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : fallback;
}

/** An INTS or FLOATS attribute, or its default. */
export function numbersAttribute<D extends readonly number[] | undefined>(
  node: Node,
  name: string,
  fallback: D,
): readonly number[] | D {
  const attribute = node.attributes[name];
  return attribute?.kind === 'ints' || attribute?.kind === 'floats' ? attribute.value : fallback;
}

/** A STRING attribute, or its default. */
export function stringAttribute(node: Node, name: string, fallback: string): string {
  const attribute = node.attributes[name];
  return attribute?.kind === 'string' ? attribute.value : fallback;
}

/** How a convolution or pool moves over its input, with ONNX's defaults for `rank` spatial axes. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begin of each axis, then end of each axis. Where `auto_pad` asks for it, from the input's spatial shape. */
  readonly pads: readonly number[];
  readonly ceil: boolean;
}

/**
 * Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode.
 * @param spatial the input's spatial lengths; needed for `auto_pad` SAME_* only
 */
export function slidingOf(
  node: Node,
  kernel: readonly number[],
  spatial: readonly (number | undefined)[],
): Sliding | undefined {
  const ones = kernel.map(() => 1);
  const strides = numbersAttribute(node, 'strides', ones);
  const dilations = numbersAttribute(node, 'dilations', ones);
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const ceil = numberAttribute(node, 'ceil_mode', 0) === 1;
  const shared = { kernel, strides, dilations, ceil };
  if (autoPad === 'VALID') return { ...shared, pads: kernel.flatMap(() => [0, 0]) };
  if (autoPad === 'NOTSET')
    return {
      ...shared,
      pads: numbersAttribute(
        node,
        'pads',
        kernel.flatMap(() => [0, 0]),
      ),
    };
  if (spatial.some((length) => length === undefined)) return undefined;
  const total = kernel.map((size, axis) => {
    const length = spatial[axis]!;
    const covered = (Math.ceil(length / strides[axis]!) - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1;
    return Math.max(0, covered - length);
  });
  return { ...shared, pads: splitPads(total, autoPad) };
}

/** Each axis's padding shared between begin and end; SAME_UPPER puts the odd one at the end. */
export function splitPads(total: readonly number[], autoPad: string): number[] {
  const smaller = total.map((pad) => Math.floor(pad / 2));
  const larger = total.map((pad, axis) => pad - smaller[axis]!);
  return autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller];
}
