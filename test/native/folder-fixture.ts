import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepo } from '../../lib/native/repo.ts';
import type { Change } from '../../lib/native/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

/** A folder of many kinds of entries, committed as `main` by the ostree program. */
export async function committedFolder() {
  const temp = await tempDir('folder');
  const root = temp.file('root');
  const script = `
    mkdir -p usr/bin usr/share/empty var/tmp etc
    echo tool > usr/bin/tool; chown 3:4 usr/bin/tool; chmod 4755 usr/bin/tool
    echo ping > usr/bin/ping; setcap cap_net_raw+ep usr/bin/ping; setfacl -m u:7:rx usr/bin/ping
    ln -s tool usr/bin/alias; chown -h 5:6 usr/bin/alias
    ln -s /etc/shadow outside; ln -s usr/bin bin
    setfacl -m d:u:8:rwx etc; echo secret > etc/shadow; chmod 600 etc/shadow
    : > usr/share/empty-file
    chmod 1777 var/tmp; chown 9:9 usr/share/empty`;
  await run('sh', ['-ec', `mkdir root; cd root; ${script}`], { cwd: temp.path });
  const repo = await openRepo(temp.file('repo'), { create: 'bare' });
  const cli = ostreeCli(repo.path);
  const commit = (await cli.run('commit', '-b', 'main', `--tree=dir=${root}`)).trim();
  return {
    temp,
    root,
    repo,
    cli,
    commit,
    /** The content checksum of what the ostree program makes of a folder. */
    async contentOf(folder: string): Promise<string> {
      const made = (await cli.run('commit', '--orphan', `--tree=dir=${folder}`)).trim();
      return (await repo.readCommit(made)).rootChecksum;
    },
    /** The change that puts the committed object of `path` at another path. */
    async object(path: string, at: string): Promise<Change> {
      const [node] = await repo.lookup('main', [path]);
      if (node?.type !== 'file' && node?.type !== 'symlink') throw new Error(`${path} is no object`);
      return { op: 'object', path: at, checksum: node.checksum };
    },
    async [Symbol.asyncDispose]() {
      repo.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

export async function entriesBelow(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name));
}

/** One line for each entry: type, mode, owner, and a link's target. */
export async function describeFolder(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const path of await entriesBelow(folder)) {
    const st = await lstat(path);
    const target = st.isSymbolicLink() ? ` -> ${await readlink(path)}` : '';
    lines.push(`${path.slice(folder.length)} ${st.mode.toString(8)} ${st.uid}:${st.gid}${target}`);
  }
  return lines;
}

export const dir = (path: string, mode = 0o755): Change => ({ op: 'dir', path, mode, uid: 0, gid: 0 });
export const remove = (path: string): Change => ({ op: 'remove', path });

/** Entries whose time is not zero; links excepted, whose times nobody reads. */
export async function timedEntries(folder: string): Promise<string[]> {
  const timed: string[] = [];
  for (const path of [folder, ...(await entriesBelow(folder))]) {
    const st = await lstat(path);
    if (!st.isSymbolicLink() && st.mtimeMs !== 0) timed.push(path);
  }
  return timed;
}
