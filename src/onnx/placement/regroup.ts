import { divide } from '../dimension.ts';
import type { Dimension, Shape } from '../graph.ts';
import { type Axis, type Factor, isCell } from './placement.ts';

/**
 * The factors of the axes, in order, dealt out to axes of other lengths, as a reshape does: a factor that an axis has
 * only part of is split. Undefined where the lengths do not divide, or a sequence with extra tokens would be cut.
 */
export function regroup(axes: readonly Axis[], shape: Shape): Axis[] | undefined {
  const left = axes.flat();
  const dealt: Factor[][] = [];
  for (const length of shape) {
    const taken = take(left, length);
    if (!taken) return undefined;
    dealt.push(taken);
  }
  if (left.some(({ length }) => length !== 1)) return undefined;
  dealt.at(-1)?.push(...left);
  return dealt.map((factors, axis) =>
    factors.length > 0 ? joined(factors) : [{ along: 'other', length: shape[axis]! }],
  );
}

/** Takes factors from the front of `left` whose product is `length`. */
function take(left: Factor[], length: Dimension): Factor[] | undefined {
  if (length === 1) return left[0]?.length === 1 ? [left.shift()!] : [];
  const taken: Factor[] = [];
  for (let rest: Dimension = length; rest !== 1; ) {
    const factor = left.shift();
    if (!factor) return undefined;
    const after = divide([rest], [factor.length]);
    if (after !== undefined) {
      taken.push(factor);
      rest = after;
      continue;
    }
    const parts = split(factor, rest);
    if (!parts) return undefined;
    taken.push(parts[0]);
    left.unshift(parts[1]);
    rest = 1;
  }
  return taken;
}

/** A factor as `outer` steps, each over what is left of it. */
function split(factor: Factor, outer: Dimension): [Factor, Factor] | undefined {
  const inner = divide([factor.length], [outer]);
  if (inner === undefined || factor.along === 'sequence') return undefined;
  if (!isCell(factor)) {
    const { along } = factor;
    return [
      { along, length: outer },
      { along, length: inner },
    ];
  }
  if (typeof inner !== 'number') return undefined;
  return [
    { ...factor, length: outer, stride: factor.stride * inner },
    { ...factor, length: inner },
  ];
}

/** Neighbours that are one line again become one factor, and places of which there is only one are left out. */
function joined(factors: readonly Factor[]): Axis {
  const axis: Factor[] = [];
  const several = factors.filter(({ along, length }) => along !== 'other' || length !== 1);
  for (const factor of several.length > 0 ? several : factors.slice(0, 1)) {
    const before = axis.at(-1);
    const whole = before && join(before, factor);
    if (whole) axis[axis.length - 1] = whole;
    else axis.push(factor);
  }
  return axis;
}

function join(outer: Factor, inner: Factor): Factor | undefined {
  if (!isCell(outer) || !isCell(inner) || outer.along !== inner.along) return undefined;
  if (typeof inner.length !== 'number' || outer.stride !== inner.stride * inner.length) return undefined;
  const length = typeof outer.length === 'number' ? outer.length * inner.length : outer.length;
  return typeof length === 'number' ? { ...inner, length } : undefined;
}
