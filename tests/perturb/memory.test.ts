/** Memory does not grow with the number of samples: processes of their own, whose peak the operating system tells. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { writeModel } from '../../dist/src/onnx/write.js';
import { toyGraph } from '../toy-model.ts';

const SIDE = 64;
const folder = mkdtempSync(join(tmpdir(), 'memory-'));
afterAll(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'toy.onnx');
writeFileSync(
  model,
  writeModel(
    toyGraph({
      inputs: { picture: ['N', 3, SIDE, SIDE] },
      outputs: ['logits'],
      build: (b) => b.op('Flatten', [b.op('GlobalAveragePool', ['picture'])]),
    }),
  ),
);

const script = `
  import { loadModel, rise } from ${JSON.stringify(new URL('../../dist/src/index.js', import.meta.url).href)};
  const [path, samples] = process.argv.slice(1);
  const model = await loadModel(path, { workers: 2, batch: 16 });
  const data = Float32Array.from({ length: 3 * ${SIDE} ** 2 }, (_, at) => (at % 7) / 7);
  const { samplesUsed } = await rise(model, { tensor: { data, shape: [3, ${SIDE}, ${SIDE}] } }, { samples: Number(samples), target: 0 });
  await model.close();
  console.log(JSON.stringify({ samplesUsed, peak: process.resourceUsage().maxRSS / 1024 }));`;

/** In MiB. */
async function peak(samples: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
    model,
    String(samples),
  ]);
  const found = JSON.parse(stdout);
  expect(found.samplesUsed).toBe(samples);
  return found.peak;
}

test('20,000 masks of RISE take no more than 1,000 do', async () => {
  // As bytes the masks would be 78 MiB, as floats 312.
  const [few, many] = [await peak(1000), await peak(20_000)];
  expect(many - few).toBeLessThan(50);
}, 120_000);
