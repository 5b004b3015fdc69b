import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Deb } from './deb.ts';
import { makeKey, type SigningKey } from './gpg.ts';
import { run } from './run.ts';

export interface AptRepoOptions {
  /** Packages by suite. A list alone is the suite "stable". */
  suites: Deb[] | Record<string, Deb[]>;
  /** `signed` by default; `wrong-key`: signed by another key than the keyring's; `unsigned`: no signature at all. */
  signature?: 'signed' | 'wrong-key' | 'unsigned';
  architecture?: string;
}

/** An archive in a folder, with a `file:` address. Dispose it, so that gpg-agents end; the folder is the caller's. */
export interface AptRepo extends AsyncDisposable {
  readonly dir: string;
  readonly uri: string;
  readonly suites: string[];
  readonly keyring: string;
  /** deb822 stanza of one suite (default: all), with Signed-By. */
  stanza(suite?: string): {
    types: string;
    uris: string;
    suites: string;
    components: string;
    'signed-by': string;
  };
  /** The same as text for a .sources file. */
  sources(suite?: string): string;
  /** Path of the copy of a package in the pool. */
  pool(deb: Deb): string;
  /** Replaces the packages of a suite and its indexes. */
  publish(suite: string, debs: Deb[]): Promise<void>;
}

const sum = (algorithm: string, data: Buffer | string) => createHash(algorithm).update(data).digest('hex');

async function packagesEntry(deb: Deb): Promise<string> {
  const fields = (await run('dpkg-deb', ['--field', deb.path])).trimEnd();
  const data = await readFile(deb.path);
  const added = [
    `Filename: pool/${basename(deb.path)}`,
    `Size: ${data.length}`,
    `MD5sum: ${sum('md5', data)}`,
    `SHA256: ${sum('sha256', data)}`,
  ];
  return `${fields}\n${added.join('\n')}\n\n`;
}

function releaseText(suite: string, architecture: string, index: string): string {
  const name = `main/binary-${architecture}/Packages`;
  const lines = [
    'Origin: test',
    'Label: test',
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Date: ${new Date().toUTCString()}`,
    `Architectures: ${architecture} all`,
    'Components: main',
    'SHA256:',
    ` ${sum('sha256', index)} ${Buffer.byteLength(index)} ${name}`,
  ];
  return `${lines.join('\n')}\n`;
}

interface Publication {
  dir: string;
  architecture: string;
  key: SigningKey | null;
}

async function writeSuite(to: Publication, suite: string, debs: Deb[]): Promise<void> {
  const dist = join(to.dir, 'dists', suite);
  const binary = join(dist, 'main', `binary-${to.architecture}`);
  await mkdir(binary, { recursive: true });
  for (const deb of debs) await copyFile(deb.path, join(to.dir, 'pool', basename(deb.path)));
  const index = (await Promise.all(debs.map(packagesEntry))).join('');
  const release = releaseText(suite, to.architecture, index);
  await writeFile(join(binary, 'Packages'), index);
  await writeFile(join(dist, 'Release'), release);
  if (!to.key) return;
  await writeFile(join(dist, 'InRelease'), await to.key.clearsign(release));
  await writeFile(join(dist, 'Release.gpg'), await to.key.detach(release));
}

/** Makes an archive of these packages in `dir`, signed by a key made for it. */
export async function makeAptRepo(dir: string, options: AptRepoOptions): Promise<AptRepo> {
  const suites = Array.isArray(options.suites) ? { stable: options.suites } : options.suites;
  const architecture = options.architecture ?? (await run('dpkg', ['--print-architecture'])).trim();
  await mkdir(join(dir, 'pool'), { recursive: true });
  const key = await makeKey(dir);
  const other = options.signature === 'wrong-key' ? await makeKey(dir, 'other') : null;
  const signer = options.signature === 'unsigned' ? null : (other ?? key);
  const publish = (suite: string, debs: Deb[]) => writeSuite({ dir, architecture, key: signer }, suite, debs);
  for (const [suite, debs] of Object.entries(suites)) await publish(suite, debs);
  const names = Object.keys(suites);
  const stanza = (suite?: string) => ({
    types: 'deb',
    uris: `file:${dir}`,
    suites: suite ?? names.join(' '),
    components: 'main',
    'signed-by': key.keyring,
  });
  const title = (word: string) => word.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());
  return {
    dir,
    uri: `file:${dir}`,
    suites: names,
    keyring: key.keyring,
    stanza,
    sources: (suite) =>
      Object.entries(stanza(suite))
        .map(([name, value]) => `${title(name)}: ${value}\n`)
        .join(''),
    pool: (deb) => join(dir, 'pool', basename(deb.path)),
    publish,
    [Symbol.asyncDispose]: async () => {
      await key[Symbol.asyncDispose]();
      await other?.[Symbol.asyncDispose]();
    },
  };
}

/** Flips a bit in the middle of a published package, so that its hash is no longer the index's. */
export async function tamper(path: string): Promise<void> {
  const data = await readFile(path);
  const middle = data.length >> 1;
  data[middle] = data[middle]! ^ 1;
  await writeFile(path, data);
}
