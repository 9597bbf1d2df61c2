/**
 * An HTTP service that explains photos: one model and one pool of workers for all requests.
 *
 *   node dist/examples/server.js [MODEL]        in this repository after `npm ci`, or in node_modules/onnx-explain
 *   node server.ts [MODEL]                      a copy of this file in a project of yours, from Node.js 22.18 on
 *   curl --data-binary @photo.jpg 'localhost:8080/explain?method=grad-cam&target=cat' -o overlay.png
 *
 * POST /explain answers with a PNG overlay, or with JSON where `Accept` asks for it; HOST and PORT say where to listen.
 */
import { realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { type ErrorCode, ExplainError, loadImage, loadModel, METHODS, type Model, render } from 'onnx-explain';

const MOST_BYTES = 20 * 2 ** 20;

/** What an error of the library means to a client; any other one is the service's own fault, 500. */
const STATUS: { readonly [code in ErrorCode]?: number } = {
  ERR_OPTION: 400,
  ERR_TARGET: 400,
  ERR_LAYER: 400,
  ERR_OPERATOR: 400,
  ERR_IMAGE: 415,
  ERR_QUEUE_FULL: 503,
  ERR_CLOSED: 503,
};

class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | Buffer;
}

/** The service for one model. Whoever starts it closes the server first, then the model. */
export function createExplainServer(model: Model): Server {
  const server = createServer(async (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const reply = await answer(model, request, gone.signal).catch((error) => refusal(error, gone.signal));
    if (!server.listening) response.setHeader('Connection', 'close');
    send(response, reply);
  });
  return server;
}

async function answer(model: Model, request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: PAGE };
    case 'GET /health':
      return json(200, { status: 'ok', workers: model.workers });
    case 'POST /explain':
      return explain(model, request, searchParams, signal);
    default:
      throw new HttpError(404, `${request.method} ${pathname}: expected GET /, GET /health or POST /explain.`);
  }
}

/** Any method, but without options, which could ask for any number of passes. */
function methodOf(query: URLSearchParams): (typeof METHODS)[number] {
  const wanted = query.get('method') ?? 'grad-cam';
  const method = METHODS.find(({ name }) => name === wanted);
  if (method) return method;
  const names = METHODS.map(({ name }) => name).join(', ');
  throw new ExplainError('ERR_OPTION', `method: expected one of ${names}, received '${wanted}'.`);
}

async function explain(
  model: Model,
  request: IncomingMessage,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<Answer> {
  const { explain } = methodOf(query);
  const photo = await loadImage(await bodyOf(request));
  const predictions = await model.classify(photo, { top: 5, signal });
  const attribution = await explain(model, photo, { target: query.get('target') || undefined, signal });
  if (!wantsJson(request)) {
    return { status: 200, headers: { 'Content-Type': 'image/png' }, body: await render(attribution, photo) };
  }
  const { method, target, scoreKind, score, unit, seconds, forwardPasses, backwardPasses } = attribution;
  return json(200, {
    predictions,
    method,
    target,
    scoreKind,
    score,
    unit,
    seconds,
    forwardPasses,
    backwardPasses,
  });
}

/** What of a body is too much is read and dropped: a client that is cut off while it sends would see no answer. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  if (size <= MOST_BYTES) return Buffer.concat(chunks);
  throw new HttpError(413, `photo: expected at most ${MOST_BYTES} bytes, received ${size}. Make it smaller first.`);
}

const wantsJson = ({ headers }: IncomingMessage): boolean =>
  /image\/png|application\/json/.exec(headers.accept ?? '')?.[0] === 'application/json';

function refusal(error: unknown, { aborted: isGone }: AbortSignal): Answer {
  if (error instanceof HttpError) return json(error.status, { error: error.message });
  if (error instanceof ExplainError) {
    const status = STATUS[error.code] ?? 500;
    return json(status, { error: error.message, code: error.code }, status === 503 ? { 'Retry-After': '2' } : {});
  }
  if (!isGone) console.error(error);
  return json(500, { error: 'The service failed.' });
}

const json = (status: number, value: object, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

const send = (response: ServerResponse, { status, headers, body }: Answer): void =>
  void response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);

const PAGE = `<!doctype html>
<title>onnx-explain</title>
<form>
  <input type="file" accept="image/*" required>
  <select>${METHODS.map(({ name, title }) => `<option value="${name}">${title}</option>`).join('')}</select>
  <input placeholder="class, or empty for the predicted one">
  <button>Explain</button>
</form>
<p></p><img alt="">
<script>
  const [file, method, target] = document.forms[0];
  document.forms[0].onsubmit = async (event) => {
    event.preventDefault();
    const query = new URLSearchParams({ method: method.value, target: target.value });
    const answer = await fetch('/explain?' + query, { method: 'POST', body: file.files[0] });
    document.querySelector('p').textContent = answer.ok ? '' : (await answer.json()).error;
    if (answer.ok) document.querySelector('img').src = URL.createObjectURL(await answer.blob());
  };
</script>
`;

async function main(): Promise<void> {
  const { HOST = '127.0.0.1', PORT = '8080' } = process.env;
  const model = await loadModel(process.argv[2]);
  const server = createExplainServer(model).listen(Number(PORT), HOST, () => {
    const address = server.address();
    console.log(`Listening on http://${HOST}:${typeof address === 'object' ? address?.port : PORT}`);
  });
  const stop = () => server.close(() => model.close());
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) await main();
