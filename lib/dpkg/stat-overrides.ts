import { AptOstreeError } from '../errors/error.ts';
import { inFileOrder } from './fsys-hash.ts';
import type { StatOverride } from './types.ts';

/**
 * Reads a `statoverride` file.
 *
 * @throws ERR_DPKG_DATABASE at a line that is no override, and when a path has two.
 */
export function parseStatOverrides(text: string): Map<string, StatOverride> {
  const lines = text.split('\n');
  if (lines.pop() !== '')
    throw new AptOstreeError('ERR_DPKG_DATABASE', 'statoverride: missing final newline');
  const overrides = new Map<string, StatOverride>();
  for (const line of lines) {
    const match = /^(\S+) (\S+) ([0-7]{1,5}) (.+)$/.exec(line);
    if (match === null)
      throw new AptOstreeError('ERR_DPKG_DATABASE', `statoverride: syntax error in '${line}'`);
    const [, user, group, mode, path] = match as unknown as [string, string, string, string, string];
    if (overrides.has(path))
      throw new AptOstreeError('ERR_DPKG_DATABASE', `statoverride: multiple overrides for '${path}'`);
    overrides.set(path, { path, user, group, mode: Number.parseInt(mode, 8) });
  }
  return overrides;
}

/** The file as dpkg-statoverride writes it: in the order of dpkg's hash of the paths. */
export function serializeStatOverrides(overrides: Iterable<StatOverride>): string {
  return inFileOrder([...overrides], (override) => override.path)
    .map(({ user, group, mode, path }) => `${user} ${group} ${mode.toString(8)} ${path}\n`)
    .join('');
}
