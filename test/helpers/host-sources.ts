import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DIR = '/etc/apt/sources.list.d';

/** The value of a field of a deb822 stanza, or null. */
function field(stanza: string, name: string): string | null {
  return new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(stanza)?.[1]?.trim() ?? null;
}

async function hostStanzas(): Promise<string[]> {
  const names = (await readdir(DIR)).filter((name) => name.endsWith('.sources')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(DIR, name), 'utf8')));
  return texts.flatMap((text) => text.split(/\n\s*\n/)).filter((stanza) => field(stanza, 'Suites') !== null);
}

async function hostCodename(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const name = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1];
  if (!name) throw new Error('/etc/os-release names no VERSION_CODENAME');
  return name;
}

/**
 * The host's own archive as deb822 text, for a suite of the same distribution: its stanzas with the
 * host's code name replaced, so that updates and security come along.
 * @param types `deb` or `deb-src`.
 */
export async function hostSources(suite?: string, types: 'deb' | 'deb-src' = 'deb'): Promise<string> {
  const codename = await hostCodename();
  const wanted = suite ?? codename;
  const own = (await hostStanzas()).filter((stanza) =>
    field(stanza, 'Suites')!
      .split(/\s+/)
      .every((name) => name === codename || name.startsWith(`${codename}-`)),
  );
  if (own.length === 0) throw new Error(`no deb822 source of ${codename} in ${DIR}`);
  return own
    .map((stanza) =>
      stanza
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#'))
        .map((line) => {
          if (/^Types:/i.test(line)) return `Types: ${types}`;
          return /^Suites:/i.test(line) ? line.replaceAll(codename, wanted) : line;
        })
        .join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
