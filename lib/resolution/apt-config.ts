import { AptOstreeError } from '../errors/error.ts';
import type { AptFolder } from './apt-folder.ts';
import type { AptTarget, ResolveRequest, SourceStanza } from './plan.ts';

/**
 * apt.conf(5) of a session. Complete but for what the machine adds: `APT_CONFIG=<it> apt-get -s ...` sees the same.
 *
 * @throws ERR_USAGE for a value that the format cannot hold.
 */
export function aptConfig(target: AptTarget, folder: AptFolder): string {
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
    ['Dir::State', `${folder.session}/`],
    ['Dir::State::lists', `${folder.lists}/`],
    ['Dir::State::status', target.status ?? folder.none],
    ['Dir::State::extended_states', target.extendedStates ?? folder.none],
    ['Dir::Cache', `${folder.session}/`],
    ['Dir::Cache::archives', `${folder.archives}/`],
    // The cache of the sources serves everyone who uses them; with the status of a tree in it, only this session.
    ['Dir::Cache::srcpkgcache', `${folder.cache}/srcpkgcache.bin`],
    ['Dir::Cache::pkgcache', `${folder.session}/pkgcache.bin`],
    ['Dir::Etc::preferences', folder.preferences],
    ['Dir::Etc::main', '/dev/null'],
    ['Dir::Etc::parts', '/dev/null'],
    ['Dir::Log', '/dev/null'],
    ...(target.repos === 'host' ? [] : ownSources(folder)),
  ];
  const lines = settings.map(([name, value]) => `${name} ${quote(value)};\n`);
  const architectures = [target.architecture, ...target.foreignArchitectures];
  return [
    '#clear APT::Architectures;\n',
    ...lines,
    ...architectures.map((a) => `APT::Architectures:: ${quote(a)};\n`),
  ].join('');
}

function ownSources(folder: AptFolder): [string, string][] {
  return [
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', `${folder.sources}/`],
    ['Dir::Etc::preferencesparts', '/dev/null'],
  ];
}

function quote(value: string): string {
  if (!/["\n]/.test(value)) return `"${value}"`;
  const what = JSON.stringify(value);
  throw new AptOstreeError('ERR_USAGE', `apt cannot be given ${what}: it has a quote or a line break`);
}

/** apt_preferences(5) of a request, followed by the target's own. */
export function formatPins(request: ResolveRequest, preferences: string): string {
  return [...requestPins(request), preferences].filter((text) => text.trim() !== '').join('\n\n');
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

/** deb822 text of sources.list(5). */
export function formatSources(stanzas: readonly SourceStanza[]): string {
  return stanzas.map(formatStanza).join('\n');
}

function formatStanza(stanza: SourceStanza): string {
  const lines = Object.entries(stanza).map(([key, value]) => {
    if (value === undefined) return '';
    if (typeof value === 'boolean') return `${key}: ${value ? 'yes' : 'no'}\n`;
    // A field of several lines is an embedded key: its further lines are indented, empty ones are dots.
    const [first, ...more] = value.trimEnd().split('\n');
    return `${[`${key}: ${first}`, ...more.map((line) => ` ${line.trim() || '.'}`)].join('\n')}\n`;
  });
  return lines.join('');
}
