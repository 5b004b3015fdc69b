import { AptOstreeError } from '../errors/error.ts';

/** A GLib key file: groups with their keys, in the order of the text. Comments are not kept. */
export type Keyfile = Map<string, Map<string, string>>;

/** Values are raw: see `readList` and `readText`. @throws ERR_DEPLOY for a text that GLib would refuse. */
export function parseKeyfile(text: string): Keyfile {
  const file: Keyfile = new Map();
  let group: Map<string, string> | null = null;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const [, name] = /^\s*\[([^[\]\x00-\x1f]+)\]\s*$/.exec(line) ?? [];
    if (name !== undefined) {
      group = file.get(name) ?? new Map();
      file.set(name, group);
      continue;
    }
    const equals = line.indexOf('=');
    if (group === null || equals < 1)
      throw new AptOstreeError('ERR_DEPLOY', `the origin has the odd line ${line}`);
    group.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  return file;
}

export function formatKeyfile(file: Keyfile): string {
  return [...file]
    .filter(([, keys]) => keys.size > 0)
    .map(([name, keys]) => `[${name}]\n${[...keys].map(([key, value]) => `${key}=${value}\n`).join('')}`)
    .join('\n');
}

const ESCAPES: Record<string, string> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\', ';': ';' };

export function readText(raw: string): string {
  return raw.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

export function writeText(text: string): string {
  const escaped = text.replace(
    /[\\\n\t\r]/g,
    (c) => ({ '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' })[c]!,
  );
  return escaped.replace(/^ /, '\\s');
}

/** Items of a list whose separator is `;`. */
export function readList(raw: string): string[] {
  const items = raw.match(/(?:\\.|[^;\\])+/g) ?? [];
  return items.map(readText);
}

export function writeList(items: readonly string[]): string {
  return items.map((item) => `${writeText(item).replaceAll(';', '\\;')};`).join('');
}
