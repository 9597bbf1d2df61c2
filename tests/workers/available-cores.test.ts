import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { availableCores } from '../../dist/src/workers/available-cores.js';

const folder = mkdtempSync(join(tmpdir(), 'cores-'));
afterAll(() => rmSync(folder, { recursive: true }));

let roots = 0;
/** A root with these files. */
function root(files: { readonly [path: string]: string }): string {
  const at = join(folder, String(roots++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  return at;
}
const all = availableParallelism();
const atMost = (cores: number) => Math.min(all, cores);
const unified = (path: string) => ({ 'proc/self/cgroup': `0::${path}\n` });
const first = { 'proc/self/cgroup': '5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n' };

test.each<[string, { [path: string]: string }, number]>([
  ['no control groups', {}, all],
  ['no limit', { ...unified('/'), 'sys/fs/cgroup/cpu.max': 'max 100000\n' }, all],
  ['half a core', { ...unified('/'), 'sys/fs/cgroup/cpu.max': '50000 100000\n' }, 1],
  ['one core and a half', { ...unified('/'), 'sys/fs/cgroup/cpu.max': '150000 100000\n' }, atMost(2)],
  ['more cores than there are', { ...unified('/'), 'sys/fs/cgroup/cpu.max': `${all + 7}00000 100000\n` }, all],
  [
    'a limit around the group',
    { ...unified('/a/b'), 'sys/fs/cgroup/a/b/cpu.max': 'max 100000\n', 'sys/fs/cgroup/a/cpu.max': '10000 20000\n' },
    1,
  ],
  [
    'the first version of control groups',
    {
      ...first,
      'sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us': '100000\n',
      'sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us': '100000\n',
    },
    1,
  ],
  [
    'the same in a container, which sees its own group outermost',
    {
      ...first,
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '100000\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    },
    1,
  ],
  [
    'the first version without a limit',
    {
      ...first,
      'sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us': '100000\n',
    },
    all,
  ],
])('%s', (_, files, cores) => expect(availableCores(root(files))).toBe(cores));
