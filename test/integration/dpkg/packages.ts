import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DebSpec, makeDeb } from '../../helpers/deb.ts';
import { run } from '../../helpers/run.ts';

const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm'] as const;
type Script = (typeof SCRIPTS)[number];

export interface PackageSpec extends Omit<DebSpec, 'control' | 'scripts'> {
  /** "name version", or "name:architecture version". */
  is: string;
  fields?: Record<string, string>;
  /** Which scripts there are; default all. Each writes down how it was called and the states of all packages. */
  scripts?: readonly Script[];
  /** Triggers that scripts activate with dpkg-trigger. */
  activates?: Partial<Record<Script, string[]>>;
}

export interface ArchiveEntry {
  path: string;
  node: Node;
}

export type Node = { type: 'dir' } | { type: 'file'; content: string } | { type: 'symlink'; target: string };

/** A .deb and what the model needs of it. */
export interface TestPackage {
  deb: string;
  name: string;
  control: string;
  members: Map<string, Buffer>;
  /** In the order of the archive. */
  entries: ArchiveEntry[];
  activates: Partial<Record<Script, string[]>>;
}

const WRITE_DOWN = `{
  printf '%s:%s %s' "$DPKG_MAINTSCRIPT_PACKAGE" "$DPKG_MAINTSCRIPT_ARCH" "$DPKG_MAINTSCRIPT_NAME"
  for word; do printf ' [%s]' "$word"; done
  echo
  dpkg-query --admindir "$DPKG_ADMINDIR" -W -f '  \${binary:Package} \${db:Status-Status}\\n'
} >> "$DPKG_ROOT/log"`;

/** Builds a package in a folder of its own, as two versions may have one file name. */
export async function buildPackage(dir: string, spec: PackageSpec): Promise<TestPackage> {
  const { is, fields, scripts = SCRIPTS, activates = {}, ...rest } = spec;
  const [target, version] = is.split(' ') as [string, string];
  const [name, architecture = 'all'] = target.split(':') as [string, string?];
  const bodies = scripts.map((script) => {
    const calls = (activates[script] ?? []).map((trigger) => `dpkg-trigger ${trigger}`);
    return [script, [WRITE_DOWN, ...calls].join('\n')];
  });
  const control = { Package: name, Version: version, Architecture: architecture, ...fields };
  const folder = join(dir, is.replace(/[ :]/g, '_'));
  const deb = await makeDeb(folder, { ...rest, control, scripts: Object.fromEntries(bodies) });
  await run('dpkg-deb', ['--raw-extract', deb.path, join(folder, 'x')]);
  const members = new Map<string, Buffer>();
  for (const member of (await run('ls', [join(folder, 'x/DEBIAN')])).trim().split('\n'))
    members.set(member, await readFile(join(folder, 'x/DEBIAN', member)));
  return {
    deb: deb.path,
    name,
    control: members.get('control')!.toString(),
    members,
    entries: await readEntries(deb.path, join(folder, 'x')),
    activates,
  };
}

async function readEntries(deb: string, extracted: string): Promise<ArchiveEntry[]> {
  const lines = (await run('dpkg-deb', ['--contents', deb])).trim().split('\n');
  const entries = lines.map(async (line): Promise<ArchiveEntry> => {
    const [name, target = ''] = line.split(/\s+/).slice(5).join(' ').split(' -> ') as [string, string?];
    const path = name === './' ? '/.' : name.slice(1).replace(/\/$/, '');
    if (line.startsWith('d')) return { path, node: { type: 'dir' } };
    if (line.startsWith('l')) return { path, node: { type: 'symlink', target } };
    return { path, node: { type: 'file', content: await readFile(join(extracted, path), 'utf8') } };
  });
  return Promise.all(entries);
}
