import { AptOstreeError } from '../errors/error.ts';
import type { Conffile } from './types.ts';

/**
 * Reads the Conffiles field of a status stanza: lines of path, hash and flags.
 *
 * @throws ERR_DPKG_DATABASE naming the package where a line has no hash.
 */
export function parseConffilesField(value: string, name: string): Conffile[] {
  return value
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const removeOnUpgrade = line.endsWith(' remove-on-upgrade');
      const rest = removeOnUpgrade ? line.slice(0, -' remove-on-upgrade'.length) : line;
      const obsolete = rest.endsWith(' obsolete');
      const match = /^ (\/.+) (\S+)$/.exec(obsolete ? rest.slice(0, -' obsolete'.length) : rest);
      if (match === null) {
        const message = `status: package ${name}: 'Conffiles' field has malformed line '${line}'`;
        throw new AptOstreeError('ERR_DPKG_DATABASE', message);
      }
      return { path: match[1]!, hash: match[2]!, obsolete, removeOnUpgrade };
    });
}

/** The lines of a Conffiles field, each with its line break. */
export function formatConffiles(conffiles: Conffile[]): string {
  let text = '';
  for (const { path, hash, obsolete, removeOnUpgrade } of conffiles)
    text += ` ${path} ${hash}${obsolete ? ' obsolete' : ''}${removeOnUpgrade ? ' remove-on-upgrade' : ''}\n`;
  return text;
}
