import { resolve } from 'node:path';
import { AptOstreeError } from '../errors/error.ts';
import type { RawSelector } from '../native/apt.ts';

const ARGUMENT = /^([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?(?:=([^\s/]+)|\/([^\s=/][^\s=]*))?$/;

/**
 * Takes a package argument apart: `name`, `name:arch`, `name=version`, `name/suite`, or the path of a .deb, which
 * contains a slash at the start ("./x.deb", "/srv/x.deb").
 *
 * @throws ERR_USAGE for anything else.
 */
export function parseArgument(text: string): RawSelector {
  const empty = { text, name: '', architecture: '', version: '', suite: '', file: '' };
  // A NUL byte would end the text in libapt-pkg.
  const usable = !text.includes('\0');
  if (usable && /^\.{0,2}\//.test(text)) return { ...empty, file: resolve(text) };
  const match = usable ? ARGUMENT.exec(text) : null;
  if (match === null)
    throw new AptOstreeError('ERR_USAGE', `"${text}" is no package argument`, {
      hint: 'write name, name=version, name/suite, name:arch or ./file.deb',
    });
  const [, name = '', architecture = '', version = '', suite = ''] = match;
  return { ...empty, name, architecture, version, suite };
}
