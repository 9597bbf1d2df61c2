import { expected } from '../core/errors.ts';

/**
 * The channels that were asked for; all where none were.
 * @throws `ERR_OPTION` for one that the layer does not have
 */
export function chosenChannels(asked: readonly number[] | undefined, count: number, layer: string): number[] {
  if (asked === undefined) return [...Array(count).keys()];
  const wrong = asked.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= count);
  if (wrong === undefined && asked.length > 0) return [...new Set(asked)];
  throw expected('ERR_OPTION', 'channels', `channels of '${layer}', 0 to ${count - 1}`, wrong ?? 'none');
}
