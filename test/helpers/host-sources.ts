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

/** Code name of this machine's release. */
export async function hostCodename(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const name = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1];
  if (!name) throw new Error('/etc/os-release names no VERSION_CODENAME');
  return name;
}

export interface SourceOptions {
  /** Source packages instead of binary ones. */
  source?: boolean;
  /** Without updates and security: the packages as they were released. */
  releaseOnly?: boolean;
}

/** A stanza with other Types and Suites, without its comments. */
function rewritten(stanza: string, types: string, suites: string): string {
  return stanza
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      if (/^Types:/i.test(line)) return `Types: ${types}`;
      return /^Suites:/i.test(line) ? `Suites: ${suites}` : line;
    })
    .join('\n');
}

/**
 * The host's own archive as deb822 text, for a suite of the same distribution: its stanzas with the
 * host's code name replaced, so that updates and security come along.
 */
export async function hostSources(suite?: string, options: SourceOptions = {}): Promise<string> {
  const codename = await hostCodename();
  const types = options.source ? 'deb-src' : 'deb';
  const belongs = (name: string) =>
    name === codename || (!options.releaseOnly && name.startsWith(`${codename}-`));
  const stanzas = (await hostStanzas()).flatMap((stanza) => {
    const own = field(stanza, 'Suites')!.split(/\s+/).filter(belongs);
    if (own.length === 0) return [];
    return [rewritten(stanza, types, own.join(' ').replaceAll(codename, suite ?? codename))];
  });
  if (stanzas.length === 0) throw new Error(`no deb822 source of ${codename} in ${DIR}`);
  return `${stanzas.join('\n\n')}\n`;
}

/** A stanza as a treefile has it. */
interface Repo {
  uris: string;
  suites: string;
  'signed-by'?: string;
}

/** The same as the `repos` of a treefile. */
export async function hostRepos(suite?: string, options: SourceOptions = {}): Promise<Repo[]> {
  const sources = await hostSources(suite, options);
  return sources.split('\n\n').map((text) => {
    const fields = text.split('\n').map((line) => /^([^:\s]+):\s*(.*)$/.exec(line));
    const named = fields
      .filter((match) => match !== null)
      .map(([, name, value]) => [name!.toLowerCase(), value!]);
    return Object.fromEntries(named) as Repo;
  });
}
