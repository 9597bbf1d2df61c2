/** The example of a model behind HTTP, against a service that speaks the Open Inference Protocol. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpModel } from '../../dist/examples/http-model.js';
import { kernelShap, loadImage } from '../../dist/src/index.js';

const SIDE = 32;
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
let server: Server;
let url: string;
let asked = 0;

/** Logits: how much brighter the left half is than the right, and 0. */
function logitsOf(pictures: readonly number[], count: number): number[] {
  const length = pictures.length / count;
  return Array.from({ length: count }, (_, row) => {
    const picture = pictures.slice(row * length, (row + 1) * length);
    return [picture.reduce((sum, value, at) => sum + (at % SIDE < SIDE / 2 ? value : -value), 0) / length, 0];
  }).flat();
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.url === '/v2/models/halves') {
      response.end(JSON.stringify({ inputs: [{ name: 'pixels', datatype: 'FP32', shape: [-1, 3, SIDE, SIDE] }] }));
    } else if (request.url === '/v2/models/halves/infer') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
      asked += inputs[0].shape[0];
      const shape = [inputs[0].shape[0], 2];
      response.end(JSON.stringify({ outputs: [{ name: 'logits', shape, data: logitsOf(inputs[0].data, shape[0]) }] }));
    } else response.writeHead(404).end('no such model');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/models/halves`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('is explained as any other model', async () => {
  const model = await httpModel(url, ['left', 'none']);
  const photo = await loadImage(file('examples/chelsea.png'));
  const options = { target: 'left', score: 'logit', fill: '-3', segmentation: 'grid', segments: 4 } as const;
  asked = 0;
  const found = await kernelShap(model, photo, options);
  expect([...found.data].map(Math.sign)).toEqual([1, -1, 1, -1]);
  expect(asked).toBe(found.forwardPasses);
});

test('what the service refuses is said', async () => {
  await expect(httpModel(`${url}-other`)).rejects.toThrow('answered 404: no such model');
});

test('runs as a program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'http-model-'));
  try {
    const given = [file('dist/examples/http-model.js'), url, file('examples/chelsea.png')];
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: folder });
    expect(stdout).toMatch(/class [01]: 0\.\d{3}/);
    expect(readFileSync(join(folder, 'overlay.png')).subarray(1, 4).toString()).toBe('PNG');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
