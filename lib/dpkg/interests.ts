import { AptOstreeError } from '../errors/error.ts';

/** A package's interest in a trigger. */
export interface Interest {
  /** The package as the files of `triggers/` name it: with the architecture for Multi-Arch: same. */
  package: string;
  /** Whether packages that activate the trigger wait until it has been processed. */
  await: boolean;
}

export interface FileInterest extends Interest {
  path: string;
}

/** Whether a trigger is named after a path; null for a name that is neither a path nor a plain name. */
export function triggerKind(name: string): 'file' | 'explicit' | null {
  if (name.startsWith('/')) return /\/(?:\/|$)/.test(name) ? null : 'file';
  return /^[A-Za-z0-9][A-Za-z0-9+.-]*$/.test(name) ? 'explicit' : null;
}

/**
 * Reads `triggers/File`.
 *
 * @throws ERR_DPKG_DATABASE at a line that is no interest.
 */
export function parseFileInterests(text: string): FileInterest[] {
  return lines(text).map((line) => {
    const match = /^(\/[^ ]*) (.+)$/.exec(line);
    if (match === null)
      throw new AptOstreeError('ERR_DPKG_DATABASE', `triggers/File: syntax error in '${line}'`);
    return { path: match[1]!, ...parseInterest(match[2]!) };
  });
}

export function serializeFileInterests(interests: readonly FileInterest[]): string {
  return interests.map((interest) => `${interest.path} ${formatInterest(interest)}\n`).join('');
}

/** Reads the file of an explicit trigger, `triggers/<name>`. */
export function parseInterests(text: string): Interest[] {
  return lines(text).map(parseInterest);
}

export function serializeInterests(interests: readonly Interest[]): string {
  return interests.map((interest) => `${formatInterest(interest)}\n`).join('');
}

function parseInterest(text: string): Interest {
  const [name, option] = text.split('/', 2) as [string, string | undefined];
  return { package: name, await: option !== 'noawait' };
}

function formatInterest(interest: Interest): string {
  return interest.await ? interest.package : `${interest.package}/noawait`;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
