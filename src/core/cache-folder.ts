import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the system keeps what a program can make again. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '' } = process.env;
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'onnx-explain');
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'onnx-explain');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'onnx-explain');
}
