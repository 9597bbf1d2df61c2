/** What `explain` cannot do without: loads both libraries, opens one session and runs some passes. Nothing of the package is in it. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const [path, passes] = process.argv.slice(2) as [string, string];
sharp.concurrency();
const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input] = session.inputMetadata;
if (!input?.isTensor) throw new Error(`${path} takes no tensor`);
const shape = input.shape.map((length, axis) => (axis === 0 ? 1 : Number(length)));
const pixels = new Float32Array(shape.reduce((product, length) => product * length, 1));
for (let pass = 0; pass < Number(passes); pass++) {
  await session.run({ [input.name]: new Tensor('float32', pixels, shape) });
}
