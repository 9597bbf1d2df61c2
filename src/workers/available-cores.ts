/** How many cores there are for the process: those of the machine that it may run on, within the limit of its control group. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * A container's share of the processor (`docker run --cpus 2`) counts, rounded up, though Node 20 does not know of it.
 * @param root where `proc` and `sys` are mounted. Default: `/`
 */
export function availableCores(root = '/'): number {
  const limit = Math.min(...cpuLimits(root));
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(limit)));
}

/** In cores, of the process's group and of those around it. */
function cpuLimits(root: string): number[] {
  const lines = read(root, 'proc/self/cgroup').split('\n');
  return lines.flatMap((line) => {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (line.startsWith('0::'))
      return around(path).map((group) => limitOf(read(root, 'sys/fs/cgroup', group, 'cpu.max')));
    if (!controllers.split(',').includes('cpu')) return [];
    return around(path).map((group) => {
      const file = (name: string) => read(root, 'sys/fs/cgroup', controllers, group, name).trim();
      return limitOf(`${file('cpu.cfs_quota_us')} ${file('cpu.cfs_period_us')}`);
    });
  });
}

/** `/a/b`, `/a` and `/`: a container may see its own group as the outermost. */
const around = (path: string): string[] => {
  const names = path.split('/').filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, left) => `/${names.slice(0, names.length - left).join('/')}`);
};

/** `quota period`, in microseconds; `max` or −1 stands for no limit. */
function limitOf(text: string): number {
  const [quota, period] = text.split(/\s+/).map(Number);
  return quota! > 0 && period! > 0 ? quota! / period! : Infinity;
}

function read(...path: string[]): string {
  try {
    return readFileSync(join(...path), 'utf8');
  } catch {
    return '';
  }
}
