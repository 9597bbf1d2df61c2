/** The example service: twenty requests at once on one pool of two workers, clients that go away, and refusals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExplainServer } from '../../dist/examples/server.js';
import { lime, loadImage, loadModel, METHODS, type Model } from '../../dist/src/index.js';

const chelsea = readFileSync(new URL('../../examples/chelsea.png', import.meta.url));
/** Of each target; the quick ones more than once, LIME only for one. */
const REQUESTED = [
  ...['occlusion', 'integrated-gradients', 'saliency'],
  ...['grad-cam', 'grad-cam', 'grad-cam', 'layer-cam', 'layer-cam', 'layer-cam'],
];
const TARGETS = ['cat', 'dog'];
/** More than a thousand passes. */
const SLOW = ['rise', 'kernel-shap', 'ss-cam', 'is-cam'];

interface Service {
  readonly url: string;
  readonly model: Model;
  close(): Promise<void>;
}

async function serve(model: Model): Promise<Service> {
  const server = createExplainServer(model).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    model,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await model.close();
    },
  };
}

const explain = (url: string, query: string, body: Uint8Array = chelsea, init: RequestInit = {}) =>
  fetch(`${url}/explain?${query}`, { method: 'POST', body: new Uint8Array(body), ...init });

const asJson = { headers: { Accept: 'application/json' } };

async function expectRefusal(answer: Response, status: number, sentence: RegExp) {
  expect(answer.status).toBe(status);
  const { error } = (await answer.json()) as { error: string };
  expect(error).toMatch(sentence);
}

describe('one model for all requests', () => {
  let service: Service;
  beforeAll(async () => {
    service = await serve(await loadModel(undefined, { workers: 2 }));
  });
  afterAll(() => service.close());

  const expectOverlay = async (answer: Response) => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { format, width, height } = await sharp(bytes).metadata();
    expect([format, width, height]).toEqual(['png', 451, 300]);
    const { channels } = await sharp(bytes).stats();
    expect(Math.max(...channels.slice(0, 3).map(({ stdev }) => stdev))).toBeGreaterThan(5);
    return bytes;
  };

  test('twenty requests at once: each gets the overlay it gets when it is alone', async () => {
    const quick = TARGETS.flatMap((target) => REQUESTED.map((method) => `method=${method}&target=${target}`));
    const queries = ['method=lime&target=cat', ...quick, 'method=occlusion&target=cat'];
    expect(queries).toHaveLength(20);
    const together = await Promise.all(queries.map(async (query) => expectOverlay(await explain(service.url, query))));
    const alone = new Map<string, Buffer>();
    for (const query of new Set(queries)) alone.set(query, await expectOverlay(await explain(service.url, query)));
    for (const [at, query] of queries.entries()) expect(together[at]!.equals(alone.get(query)!), query).toBe(true);
    expect(new Set(Array.from(alone.values(), (bytes) => bytes.toString('base64'))).size).toBe(11);
  });

  test('JSON where it is asked for', async () => {
    const answer = await explain(service.url, 'method=occlusion&target=dog', chelsea, asJson);
    const found = (await answer.json()) as Record<string, unknown>;
    const [top] = await service.model.classify(await loadImage(chelsea));
    expect(found).toMatchObject({ method: 'occlusion', target: { index: 1, label: 'dog' }, unit: 'logit drop' });
    expect((found.predictions as unknown[])[0]).toEqual(top);
    expect(found.seconds).toBeGreaterThan(0);
    const { probability } = found.target as { probability: number };
    expect(probability).toBeCloseTo(1 - top!.probability, 6);
  });

  test('without method and target: Grad-CAM of the predicted class', async () => {
    const answer = await explain(service.url, '', chelsea, asJson);
    expect(await answer.json()).toMatchObject({ method: 'grad-cam', target: { label: 'cat' } });
  });

  test.each(METHODS.map(({ name }) => name).filter((name) => !SLOW.includes(name)))('%s is offered', async (name) => {
    const answer = await explain(service.url, `method=${encodeURIComponent(name)}&target=dog`, chelsea, asJson);
    expect(await answer.json()).toMatchObject({ method: name, target: { label: 'dog' } });
    expect(await (await fetch(service.url)).text()).toContain(`<option value="${name}">`);
  });

  test('a client that goes away stops its explanation and no other', async () => {
    const leaving = new AbortController();
    const ended: string[] = [];
    const watched: Model = Object.create(service.model, {
      predict: {
        value: async (...[scene, recipes, request]: Parameters<Model['predict']>) => {
          const isLeaving = request.targets.includes(1);
          const onProgress = isLeaving ? () => leaving.abort() : undefined;
          const passes = service.model.predict(scene, recipes, { ...request, onProgress });
          await passes.then(
            () => ended.push(`${isLeaving ? 'leaving' : 'staying'}: done`),
            (error) => ended.push(`${isLeaving ? 'leaving' : 'staying'}: ${error.name}`),
          );
          return passes;
        },
      },
    });
    const server = createExplainServer(watched).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const staying = [1, 2].map(() => explain(url, 'method=lime&target=cat'));
    await expect(explain(url, 'method=lime&target=dog', chelsea, { signal: leaving.signal })).rejects.toThrow(/abort/i);
    for (const answer of await Promise.all(staying)) await expectOverlay(answer);
    await new Promise((resolve) => server.close(resolve));
    expect(ended.toSorted()).toEqual(['leaving: AbortError', 'staying: done', 'staying: done']);
  });

  test.each([
    ['a text file', Buffer.from('not a picture'), 415, /photo: expected a picture .*received a text file/],
    ['nothing', Buffer.alloc(0), 415, /received an empty file/],
    ['half a photo', chelsea.subarray(0, chelsea.length / 2), 415, /expected a whole PNG picture/],
    ['more than 20 MB', Buffer.alloc(20 * 2 ** 20 + 1), 413, /at most 20971520 bytes, received 20971521/],
  ])('%s as photo is refused', async (_, body, status, sentence) => {
    await expectRefusal(await explain(service.url, 'method=grad-cam', body), status, sentence);
  });

  test.each([
    ['an unknown method', 'method=gradcamm', /method: expected one of occlusion, .*received 'gradcamm'/],
    ['a method with options', 'method=lime:samples=1000000', /method: expected one of occlusion/],
    ['an unknown class', 'method=grad-cam&target=cta', /received 'cta'.*Did you mean .*'cat'/],
    ['a class beyond the last', 'method=grad-cam&target=7', /a class from 0 to 1, received 7/],
  ])('%s is refused', async (_, query, sentence) => {
    await expectRefusal(await explain(service.url, query), 400, sentence);
  });

  test('a form, its health, and nothing else', async () => {
    const page = await fetch(service.url);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<form>');
    expect(await (await fetch(`${service.url}/health`)).json()).toEqual({ status: 'ok', workers: 2 });
    await expectRefusal(await fetch(`${service.url}/explain`), 404, /GET \/explain: expected/);
  });
});

test('a full pool answers 503 and when to come again', async () => {
  const model = await loadModel(undefined, { workers: 1, queueLimit: 1 });
  const service = await serve(model);
  const controller = new AbortController();
  await new Promise<void>((resolve) => {
    const options = { samples: 5000, signal: controller.signal, onProgress: () => resolve() };
    loadImage(chelsea)
      .then((image) => lime(model, image, options))
      .catch(() => {});
  });
  const refused = await explain(service.url, 'method=grad-cam');
  expect(refused.headers.get('retry-after')).toBe('2');
  await expectRefusal(refused, 503, /already serves 1 calls, its limit/);
  controller.abort();
  await service.close();
});

describe('as a process', () => {
  const file = fileURLToPath(new URL('../../dist/examples/server.js', import.meta.url));

  async function start(): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [file], { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 2] });
    const [line] = await once(child.stdout!, 'data');
    return { child, url: /http:\S+/.exec(String(line))![0] };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s: requests under way are answered, then it ends', async (signal) => {
    const { child, url } = await start();
    const begun = explain(url, 'method=lime', chelsea, asJson);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const exit = once(child, 'exit');
    child.kill(signal);
    const answer = await begun;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    await expect(exit).resolves.toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow();
  });
});
