import { expect, test } from 'vitest';
import { command, workingFolder } from './command.ts';
import { writeToy } from './toys.ts';

const rate = {
  passesPerSecond: expect.any(Number),
  ratio: expect.any(Number),
  scaling: expect.any(Number),
  scalingToRaw: expect.any(Number),
};
const gradient = {
  passesPerSecond: expect.any(Number),
  ratio: expect.any(Number),
  costInForwardPasses: expect.any(Number),
};

test('bench --json has the documented fields, all of them numbers above zero', async () => {
  const folder = workingFolder();
  const args = [
    '-m',
    writeToy(folder, 'toy.onnx'),
    '--workers',
    '1',
    '--seconds',
    '0.02',
    '--rounds',
    '1',
    '--json',
    '--quiet',
  ];
  const { code, stdout, stderr } = await command(folder, 'bench', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toEqual({
    rawForwardPerSecond: expect.any(Number),
    raw: { sessions: 1, threads: 1, batch: expect.any(Number), scaling: expect.any(Number) },
    occlusion: rate,
    lime: rate,
    rise: rate,
    scoreCam: rate,
    gradient,
    gradCam: gradient,
    memory: { peakRss: expect.any(Number), perWorker: expect.any(Number) },
    startup: {
      total: expect.any(Number),
      baseline: expect.any(Number),
      ratio: expect.any(Number),
      parts: {
        modules: expect.any(Number),
        model: expect.any(Number),
        picture: expect.any(Number),
        passes: expect.any(Number),
        writing: expect.any(Number),
        end: expect.any(Number),
      },
    },
    eventLoop: { maxDelayMs: expect.any(Number) },
    firstPartialSeconds: expect.any(Number),
    machine: {
      cpu: expect.any(String),
      cores: expect.any(Number),
      platform: expect.any(String),
      node: process.versions.node,
    },
  });
  for (const { passesPerSecond, ratio } of [found.occlusion, found.lime, found.rise, found.gradient]) {
    expect(Math.min(passesPerSecond, ratio)).toBeGreaterThan(0);
  }
  expect(found.gradient.costInForwardPasses).toBeCloseTo(1 / found.gradient.ratio, 6);
  expect(found.startup.total).toBeGreaterThan(found.startup.baseline);
  const parts: number[] = Object.values(found.startup.parts);
  expect(Math.min(...parts)).toBeGreaterThan(0);
  expect(parts.reduce((sum, seconds) => sum + seconds)).toBeCloseTo(found.startup.total, 6);
  expect(found.memory.perWorker).toBeLessThan(found.memory.peakRss);
});
