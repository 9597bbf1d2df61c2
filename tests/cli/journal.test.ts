/** A crash may end the file at any byte: nothing that was whole is lost, and nothing is there twice. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../dist/src/cli/evaluation/journal.js';
import { workingFolder } from './command.ts';

const folder = workingFolder();
const HEAD = { evaluation: 1, settings: 'größe' };
const ROWS = [{ image: 'ä.png' }, { image: 'b.png', value: 1 }, { image: 'c.png' }];
const WHOLE = `${[HEAD, ...ROWS].map((line) => JSON.stringify(line)).join('\n')}\n`;

const open = (path: string, head: object = HEAD) => openJournal(path, head, () => 'other settings');

test('cut off at every byte, it goes on where it was', async () => {
  const bytes = Buffer.from(WHOLE);
  const path = join(folder, 'cut.jsonl');
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    const journal = await open(path);
    const whole = bytes.subarray(0, length).toString().split('\n').length - 2;
    expect(journal.rows, `after ${length} bytes`).toEqual(ROWS.slice(0, Math.max(0, whole)));
    for (const row of ROWS.slice(journal.rows.length)) await journal.append(row);
    await journal.close();
    expect(readFileSync(path, 'utf8'), `after ${length} bytes`).toBe(WHOLE);
  }
});

test('each line is in the file before the next one is begun', async () => {
  const path = join(folder, 'new/folder/lines.jsonl');
  const journal = await open(path);
  for (const [at, row] of ROWS.entries()) {
    await journal.append(row);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(at + 3);
  }
  await journal.close();
});

test.each([
  ['a text without an end of line', 'my notes'],
  ['a text', 'my notes\nof today\n'],
  ['lines of which one in the middle is damaged', WHOLE.replace('{"image":"b.png"', '\0\0\0')],
])('%s is left as it is', async (_, content) => {
  const path = join(folder, 'other.jsonl');
  writeFileSync(path, content);
  await expect(open(path)).rejects.toThrow(
    /expected a new file or one that evaluate began, received a file of something/,
  );
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('begun with another head: refused with the difference, and left as it is', async () => {
  const path = join(folder, 'head.jsonl');
  writeFileSync(path, WHOLE);
  await expect(open(path, { evaluation: 1, settings: 'size' })).rejects.toThrow(
    /expected the settings that it was begun with, received other settings\. Give another file\./,
  );
  expect(readFileSync(path, 'utf8')).toBe(WHOLE);
});

test('what cannot be written is said in one sentence', async () => {
  await expect(open(folder)).rejects.toMatchObject({
    code: 'ERR_OUTPUT',
    message: expect.stringMatching(/cannot be written: /),
  });
});
