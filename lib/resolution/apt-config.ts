import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AptOstreeError } from '../errors/error.ts';
import type { AptTarget, ResolveRequest, SourceStanza } from './plan.ts';

/** Where things lie in a target's private folder. */
export function aptPaths(dir: string) {
  return {
    config: join(dir, 'apt.conf'),
    sources: join(dir, 'sources.list.d'),
    preferences: join(dir, 'preferences'),
    lists: join(dir, 'lists'),
    archives: join(dir, 'archives'),
    cache: join(dir, 'cache'),
    none: join(dir, 'none'),
    lock: join(dir, 'lock'),
    fresh: join(dir, 'fresh.json'),
  };
}

/**
 * Makes the private folder of a target and writes apt's configuration, sources and pins into it. The configuration
 * is complete: `APT_CONFIG=<dir>/apt.conf apt-get -s ...` sees the same sources when they are not the host's.
 *
 * @throws ERR_USAGE for a stanza that cannot be written.
 */
export async function writeAptConfig(target: AptTarget): Promise<void> {
  const paths = aptPaths(target.dir);
  for (const dir of [
    paths.sources,
    join(paths.lists, 'partial'),
    join(paths.archives, 'partial'),
    paths.cache,
  ])
    await mkdir(dir, { recursive: true, mode: 0o755 });
  if (target.repos !== 'host')
    await replace(join(paths.sources, 'apt-ostree.sources'), target.repos.map(formatStanza).join('\n'));
  await replace(paths.preferences, target.preferences);
  await replace(paths.none, '');
  await replace(paths.config, aptConfig(target));
}

/** Writes the pins of one request: what it excludes or locks comes first, for the first pin that matches wins. */
export async function writePins(target: AptTarget, request: ResolveRequest): Promise<void> {
  const pins = [...requestPins(request), target.preferences].filter((text) => text.trim() !== '');
  await replace(aptPaths(target.dir).preferences, pins.join('\n\n'));
}

function requestPins({ exclude, locked }: ResolveRequest): string[] {
  const pin = (name: string, version: string, priority: number) =>
    `Package: ${name}\nPin: version ${version}\nPin-Priority: ${priority}\n`;
  const never = (name: string) => pin(name.includes(':') ? name : `${name}:any`, '*', -1);
  if (locked === null) return exclude.map(never);
  // Above 1000, so that even a downgrade is taken.
  const taken = Object.entries(locked).map(([name, version]) =>
    pin(name.replace(/:all$/, ''), version, 1001),
  );
  return [...exclude.map(never), ...taken, pin('/./:any', '*', -1)];
}

function aptConfig(target: AptTarget): string {
  const paths = aptPaths(target.dir);
  const own = target.repos !== 'host';
  const settings: [string, string][] = [
    ['APT::Architecture', target.architecture],
    ['APT::Install-Recommends', String(target.recommends)],
    ['APT::Install-Suggests', 'false'],
    // What an image holds does not depend on the machine that builds it.
    ['APT::Get::Never-Include-Phased-Updates', 'true'],
    ['APT::Sandbox::User', 'root'],
    // Only what a package says of itself counts; apt would make "apt" essential.
    ['pkgCacheGen::ForceEssential', ','],
    ['Acquire::Languages', 'none'],
    ['Acquire::Retries', '3'],
    // Records are read in no order: in a compressed list each one costs as much as the whole file.
    ['Acquire::GzipIndexes', 'false'],
    ['Acquire::PDiffs', 'false'],
    ['Dir::State', `${target.dir}/`],
    ['Dir::State::lists', `${paths.lists}/`],
    ['Dir::State::status', target.status ?? paths.none],
    ['Dir::State::extended_states', target.extendedStates ?? paths.none],
    ['Dir::Cache', `${paths.cache}/`],
    ['Dir::Cache::archives', `${paths.archives}/`],
    ['Dir::Etc::preferences', paths.preferences],
    ['Dir::Etc::main', '/dev/null'],
    ['Dir::Etc::parts', '/dev/null'],
    ['Dir::Log', '/dev/null'],
    ...(own
      ? ([
          ['Dir::Etc::sourcelist', '/dev/null'],
          ['Dir::Etc::sourceparts', `${paths.sources}/`],
          ['Dir::Etc::preferencesparts', '/dev/null'],
        ] satisfies [string, string][])
      : []),
  ];
  const lines = settings.map(([name, value]) => `${name} ${quote(value)};`);
  const architectures = [target.architecture, ...target.foreignArchitectures];
  return [
    '#clear APT::Architectures;',
    ...lines,
    ...architectures.map((a) => `APT::Architectures:: ${quote(a)};`),
    '',
  ].join('\n');
}

function quote(value: string): string {
  if (/["\n]/.test(value))
    throw new AptOstreeError(
      'ERR_USAGE',
      `apt cannot be given ${JSON.stringify(value)}: it has a quote or a line break`,
    );
  return `"${value}"`;
}

function formatStanza(stanza: SourceStanza): string {
  const lines = Object.entries(stanza).map(([key, value]) => {
    if (value === undefined) return '';
    const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
    // A field of several lines is an embedded key: its further lines are indented, empty ones are dots.
    return `${key}: ${text
      .trimEnd()
      .split('\n')
      .map((line, n) => (n === 0 ? line : ` ${line.trim() || '.'}`))
      .join('\n')}\n`;
  });
  return lines.join('');
}

/** Replaces a file only when its content changes: apt compares times. */
async function replace(file: string, content: string): Promise<void> {
  const old = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (old === content) return;
  await writeFile(`${file}.new`, content, { mode: 0o644 });
  await rename(`${file}.new`, file);
}
