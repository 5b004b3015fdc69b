import { createHash } from 'node:crypto';
import { chmod, lchown, link, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './run.ts';
import { tempDir } from './temp.ts';

export interface DebSpec {
  /** Package is needed; Version (1.0), Architecture (all), Maintainer and Description have defaults. */
  control: { Package: string; [field: string]: string };
  /**
   * The payload, an entry a line; owner and group are names of this machine or numbers:
   *
   *     d /var/lib/x 0750 root adm
   *     f /usr/bin/x 0755 root root #!/bin/sh\necho x
   *     l /usr/bin/link target
   *     h /usr/bin/other-name /usr/bin/x
   *     p /run/fifo 0644 root root
   *
   * `\n` and `\\` are escapes of the content, to which a newline is added. Parents are 0755 root:root.
   */
  files?: string;
  /** Content for `f` lines, where a line is too small for it; taken as it is. */
  contents?: Record<string, string | Buffer>;
  /** Maintainer scripts; without a `#!` line they are `sh -e`. */
  scripts?: Partial<Record<'preinst' | 'postinst' | 'prerm' | 'postrm' | 'config', string>>;
  conffiles?: string[];
  triggers?: string[];
  /** Other control members, such as templates or shlibs. */
  members?: Record<string, string>;
  /** Default true, as debhelper does; false lets dpkg make the list itself. */
  md5sums?: boolean;
  /** Default xz. */
  compression?: 'xz' | 'gzip' | 'zstd' | 'none';
}

export interface Deb {
  path: string;
  sha256: string;
  size: number;
  name: string;
  version: string;
  architecture: string;
}

const EPOCH = 1_000_000_000;

function unescapeContent(text: string): string {
  return `${text.replace(/\\(n|\\)/g, (_, c: string) => (c === 'n' ? '\n' : '\\'))}\n`;
}

async function writeEntry(root: string, line: string, spec: DebSpec): Promise<void> {
  const [kind, path, third = '', user = 'root', group = 'root'] = line.split(' ');
  if (!path?.startsWith('/')) throw new Error(`deb entry without a path: ${line}`);
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  const content = line.split(' ').slice(5).join(' ');
  if (kind === 'l') return symlink(third, target);
  if (kind === 'h') return link(join(root, third), target);
  if (kind === 'd') await mkdir(target, { recursive: true });
  else if (kind === 'p') await run('mkfifo', [target]);
  else if (kind === 'f') await writeFile(target, spec.contents?.[path] ?? unescapeContent(content));
  else throw new Error(`deb entry of unknown kind: ${line}`);
  if (user !== 'root' || group !== 'root') await run('chown', [`${user}:${group}`, target]);
  await chmod(target, Number.parseInt(third || (kind === 'd' ? '0755' : '0644'), 8));
  if (kind === 'f') await utimes(target, EPOCH, EPOCH);
}

async function md5sums(root: string, lines: string[], spec: DebSpec): Promise<string> {
  const names = lines.filter((line) => /^[fh] /.test(line)).map((line) => line.split(' ')[1]!);
  const sums = names
    .filter((name) => !spec.conffiles?.includes(name))
    .map(
      async (name) =>
        `${createHash('md5')
          .update(await readFile(join(root, name)))
          .digest('hex')}  ${name.slice(1)}\n`,
    );
  return (await Promise.all(sums)).join('');
}

async function writeControl(root: string, control: Record<string, string>, spec: DebSpec): Promise<void> {
  const dir = join(root, 'DEBIAN');
  await mkdir(dir, { mode: 0o755 });
  const fields = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
  const members: Record<string, string> = { ...spec.members, control: fields.join('') };
  if (spec.conffiles) members.conffiles = spec.conffiles.map((line) => `${line}\n`).join('');
  if (spec.triggers) members.triggers = spec.triggers.map((line) => `${line}\n`).join('');
  for (const [name, data] of Object.entries(members)) await writeFile(join(dir, name), data, { mode: 0o644 });
  for (const [name, text] of Object.entries(spec.scripts ?? {}))
    await writeFile(join(dir, name), text.startsWith('#!') ? text : `#!/bin/sh\nset -e\n${text}\n`, {
      mode: 0o755,
    });
}

/** Builds a .deb with dpkg-deb in `dir`, as root and with exact owners. The same spec gives the same bytes. */
export async function makeDeb(dir: string, spec: DebSpec): Promise<Deb> {
  await using temp = await tempDir('deb');
  const root = temp.file('root');
  await mkdir(root, { mode: 0o755 });
  await chmod(root, 0o755);
  await lchown(root, 0, 0);
  const {
    Package: name,
    Version: version = '1.0',
    Architecture: architecture = 'all',
    ...rest
  } = spec.control;
  const lines = (spec.files ?? '')
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '');
  for (const line of lines) await writeEntry(root, line, spec);
  const control = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: 'Test <test@example.org>',
    Description: `test package ${name}`,
    ...rest,
  };
  const sums = spec.md5sums === false ? '' : await md5sums(root, lines, spec);
  await writeControl(root, control, sums ? { ...spec, members: { md5sums: sums, ...spec.members } } : spec);
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${name}_${version.replace(/^\d+:/, '')}_${architecture}.deb`);
  const options = [
    `-Z${spec.compression ?? 'xz'}`,
    ...(spec.compression === 'none' ? [] : ['-z1']),
    '--nocheck',
  ];
  await run('dpkg-deb', [...options, '--build', root, path], { env: { SOURCE_DATE_EPOCH: String(EPOCH) } });
  const data = await readFile(path);
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { path, sha256, size: data.length, name, version, architecture };
}
