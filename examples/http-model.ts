/**
 * Explains a classifier that runs elsewhere, behind the Open Inference Protocol of KServe, Triton, MLServer and others.
 *
 *   node dist/examples/http-model.js http://localhost:8000/v2/models/resnet18 photo.jpg
 *
 * Photos are prepared with ImageNet's mean and standard deviation; the service gets pictures [N, 3, H, W] and answers with logits.
 * Writes overlay.png, where RISE saw what speaks for the predicted class.
 */
import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type Classifier, fromFunction, loadImage, render, rise, type Tensor } from 'onnx-explain';

interface Metadata {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

interface Inference {
  readonly outputs: readonly { readonly data: readonly number[]; readonly shape: readonly number[] }[];
}

/** The model at a URL such as `http://host:8000/v2/models/NAME`. */
export async function httpModel(url: string, labels: readonly string[] = []): Promise<Classifier> {
  const { inputs } = (await answerOf(await fetch(url))) as Metadata;
  const [{ name, shape } = { name: '', shape: [] }] = inputs;
  const [height = 0, width = 0] = shape.slice(-2);

  async function classify({ data, shape }: Tensor, { signal }: { readonly signal?: AbortSignal | undefined }) {
    const body = JSON.stringify({ inputs: [{ name, shape, datatype: 'FP32', data: Array.from(data) }] });
    const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
    const answer = await fetch(`${url}/infer`, { ...request, ...(signal ? { signal } : {}) });
    const [output] = ((await answerOf(answer)) as Inference).outputs;
    const classes = output?.shape.at(-1) ?? 0;
    return Array.from({ length: shape[0] ?? 0 }, (_, row) => output!.data.slice(row * classes, (row + 1) * classes));
  }
  const imageNet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
  return fromFunction(classify, { size: { height, width }, labels, batch: 16, ...imageNet });
}

async function answerOf(answer: Response): Promise<unknown> {
  if (answer.ok) return answer.json();
  throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
}

async function main(url: string | undefined, path: string | undefined): Promise<void> {
  if (!url || !path) throw new Error('Give the URL of a model and a photo.');
  const photo = await loadImage(path);
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    process.stderr.write(`\r${done} of ${total} pictures`);
  };
  const map = await rise(await httpModel(url), photo, { samples: 1000, onProgress });
  await writeFile('overlay.png', await render(map, photo));
  console.log(`\n${map.target.label}: ${map.target.probability.toFixed(3)}`);
}

const [, script, ...given] = process.argv;
if (script && import.meta.url === pathToFileURL(realpathSync(script)).href) await main(given[0], given[1]);
