/** `compare --metrics`, as a process of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, expectRefusal, repository, workingFolder } from './command.ts';

const photo = join(repository, 'examples/chelsea.png');
const folder = workingFolder();
const few = ['--methods', 'occlusion:window=32:stride=32,saliency', '--top', '1', '--out', 'out'];

test('JSON, table and paragraph; the same bytes whatever the workers and the batch', async () => {
  const metrics = [
    '--metrics',
    'deletion:step=2048,insertion:step=2048,substrate=mean',
    '--metrics',
    'infidelity:samples=20',
  ];
  const first = await command(folder, 'compare', photo, ...few, ...metrics, '--json', '--workers', '1', '--batch', '2');
  expect(first.code, first.stderr).toBe(0);
  const result = JSON.parse(first.stdout);
  for (const { metrics: found } of result.attributions) {
    expect(Object.keys(found)).toEqual(['deletion', 'insertion', 'infidelity']);
    expect(found.deletion).toMatchObject({ value: expect.any(Number), random: expect.any(Number), better: 'lower' });
    expect(found.insertion.curve.share).toHaveLength(9);
  }
  expect(first.stderr).toMatch(
    /deletion ↓ +insertion ↑ +infidelity ↓ +passes +seconds\nocclusion · cat +0\.\d{3} \(0\.\d{3}\)/,
  );
  expect(first.stderr).toContain(result.summary);
  expect(result.summary).toContain('All of this is about this one picture.');
  expect(JSON.parse(readFileSync(join(folder, 'out/chelsea.json'), 'utf8')).summary).toBe(result.summary);
  const second = await command(
    folder,
    'compare',
    photo,
    ...few,
    ...metrics,
    '--json',
    '--workers',
    '2',
    '--batch',
    '5',
  );
  const figures = (text: string) => JSON.parse(text).attributions.map((one: { metrics: object }) => one.metrics);
  expect(figures(second.stdout)).toEqual(figures(first.stdout));
});

test('wrong metrics are wrong usage', async () => {
  const refused = (...metrics: string[]) =>
    command(folder, 'compare', photo, ...few, '--metrics', ...metrics, '--quiet');
  expectRefusal(await refused('deletoin'), 2, /metric: expected one of deletion/);
  expectRefusal(await refused('deletion:step=x'), 2, /step: expected a number/);
  expectRefusal(await refused('pointing-game'), 2, /boxes of the objects/);
});
