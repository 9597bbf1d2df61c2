import { describe, expect, test } from 'vitest';
import { resolveTarget, resolveTargets } from '../../dist/src/core/target.js';

const labels = ['missile', 'projectile, missile', 'tabby, tabby cat', 'tiger cat', 'boxer'];

describe('a class', () => {
  test.each([
    [3, 3],
    ['3', 3],
    ['missile', 0],
    ['projectile, missile', 1],
    ['Projectile', 1],
    ['TABBY CAT', 2],
    [' tiger cat ', 3],
  ])('%s is %i', (wanted, index) => expect(resolveTarget(wanted, labels, 5)).toBe(index));

  test.each([
    ['tabi', /Did you mean 2 'tabby, tabby cat'/],
    [7, /a class from 0 to 4, received 7/],
    [-1, /a class from 0 to 4/],
  ])('%s is none', (wanted, words) => expect(() => resolveTarget(wanted, labels, 5)).toThrow(words));

  test('a name that two classes carry is refused with both', () => {
    const twice = ['crane', 'bird, crane', 'machine, crane'];
    expect(resolveTarget('crane', twice, 3)).toBe(0);
    expect(() => resolveTarget('crane', twice.slice(1), 2)).toThrow(
      /2 classes carry.*0 'bird, crane' or 1 'machine, crane'/,
    );
  });
});

describe('several classes', () => {
  test('a whole label with a comma is one class, another text with commas is a list', () => {
    expect(resolveTargets(['projectile, missile'], labels, 5)).toEqual([1]);
    expect(resolveTargets(['tiger cat,boxer', 0], labels, 5)).toEqual([3, 4, 0]);
  });

  test('each counts once', () => expect(resolveTargets(['tabby', 'tabby cat', 2], labels, 5)).toEqual([2]));
});
