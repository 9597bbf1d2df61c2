/** Photos that are none, or too large: one sentence, exit code 1, and no file is left. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { command, expectRefusal, filesIn, script, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const HUGE = 20_000;

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
  writeFileSync(join(folder, 'text.jpg'), 'This is no photo.');
  writeFileSync(join(folder, 'empty.png'), '');
  mkdirSync(join(folder, 'album.jpg'));
  const noise = await sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
  const whole = await noise.jpeg().toBuffer();
  writeFileSync(join(folder, 'cut.jpg'), whole.subarray(0, whole.length / 2));
  writeFileSync(join(folder, 'damaged.png'), (await noise.png().toBuffer()).fill(7, 2000, 2400));
  writeFileSync(join(folder, 'huge.png'), blackPng(HUGE, HUGE));
});

test.each([
  ['text.jpg', /photo text\.jpg: expected a picture \(JPEG, PNG.*\), received a text file\./],
  ['empty.png', /photo empty\.png: expected a picture .*, received an empty file\./],
  [
    'missing.png',
    /photo missing\.png: expected a picture file, received a path that does not exist\. Check the path\./,
  ],
  ['album.jpg', /photo album\.jpg: expected a picture file, received a folder\./],
  ['cut.jpg', /photo cut\.jpg: expected a whole JPEG picture, received one that is damaged or cut off/],
  ['damaged.png', /photo damaged\.png: expected a whole PNG picture, received one that is damaged/],
  [
    'huge.png',
    /photo huge\.png: expected at most 200 million pixels, received 20000 × 20000\. Make it smaller first\./,
  ],
])('%s is refused', async (photo, sentence) => {
  const before = filesIn(folder);
  expectRefusal(await command(folder, 'compare', '-m', 'toy', photo), 1, sentence);
  expect(filesIn(folder)).toEqual(before);
});

test('a photo that is refused for its size is not decoded', async () => {
  const { stdout } = await script(
    folder,
    `import { loadImage } from LIBRARY;
     const code = await loadImage('huge.png').catch((error) => error.code);
     console.log(code, process.resourceUsage().maxRSS);`,
  );
  const [code, kilobytes] = stdout.split(' ');
  expect(code).toBe('ERR_IMAGE');
  expect(Number(kilobytes)).toBeLessThan((HUGE * HUGE) / 1024);
});

test('what came before a bad photo is whole, and the bad one leaves nothing', async () => {
  const out = join(folder, 'both');
  const outcome = await command(folder, 'explain', '-m', 'toy', '-o', out, '-q', 'photo.png', 'text.jpg');
  expectRefusal(outcome, 1, /photo text\.jpg/);
  expect(filesIn(out)).toEqual(['photo.grad-cam.0-bright.png', 'photo.json']);
});

/** A whole PNG of 1 bit a pixel, which is small whatever its size. */
function blackPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(1, 8);
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  const parts = [part('IHDR', header), part('IDAT', deflateSync(rows)), part('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

function part(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
