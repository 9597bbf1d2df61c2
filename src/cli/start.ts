#!/usr/bin/env node
/**
 * What is installed as `onnx-explain`, once bundled: runs the command, and keeps what V8 compiled of it for the next start. From 22.8
 * on Node does that, for all modules.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { cacheFolder } from '../core/cache-folder.ts';
import { packageFile } from '../core/package-file.ts';

const COMMAND = packageFile('dist/bundle/main.cjs');

/** Each command compiles functions of its own; what is no command ends with a code and keeps nothing. */
const [, , called = ''] = process.argv;
const KEPT = join(cacheFolder(), 'code', /^[a-z]+$/.test(called) ? called : 'other');

const { enableCompileCache } = module as { enableCompileCache?: () => void };
if (enableCompileCache) {
  enableCompileCache();
  createRequire(COMMAND)(COMMAND);
} else runCompiled();

function runCompiled(): void {
  const { size, mtimeMs } = statSync(COMMAND);
  // V8 itself looks only at its own version, its flags and how long the source is.
  const key = Buffer.from(`${JSON.stringify([COMMAND, size, mtimeMs, process.version, process.arch])}\n`);
  const kept = readKept(key);
  const script = new Script(module.wrap(readFileSync(COMMAND, 'utf8')), {
    filename: COMMAND,
    ...(kept ? { cachedData: kept } : {}),
  });
  if (!kept || script.cachedDataRejected) {
    process.once('exit', (code) => {
      if (code === 0) keep(Buffer.concat([key, script.createCachedData()]));
    });
  }
  const made = { exports: {} };
  script.runInThisContext()(made.exports, createRequire(COMMAND), made, COMMAND, dirname(COMMAND));
}

function readKept(key: Buffer): Buffer | undefined {
  try {
    const bytes = readFileSync(KEPT);
    return bytes.subarray(0, key.length).equals(key) ? bytes.subarray(key.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside its place first; where nothing can be written the next start compiles again. */
function keep(bytes: Buffer): void {
  const draft = `${KEPT}.${process.pid}.part`;
  try {
    mkdirSync(dirname(KEPT), { recursive: true });
    try {
      writeFileSync(draft, bytes);
      renameSync(draft, KEPT);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch {}
}
