import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import type { Change } from '../../lib/native/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { requireRoot } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';

await requireRoot();

const module = join(import.meta.dirname, '../../dist/native/repo.js');

/** Commits a tree of many files to the ref again and again, from another process, until it is killed. */
const WRITER = `
  const { openRepo } = await import(process.argv[1]);
  const repo = await openRepo(process.argv[2]);
  process.stdout.write('ready');
  for (let n = 0; ; n++) {
    const before = await repo.resolveRev('x');
    const changes = [];
    for (let i = 0; i < 40; i++) {
      changes.push({ op: 'dir', path: '/d' + i, mode: 0o700 + ((n + i) % 8), uid: process.pid, gid: n });
      changes.push({ op: 'file', path: '/d' + i + '/f', from: process.argv[3] });
    }
    const txn = await repo.transaction();
    const { commit } = await repo.writeCommit({ base: null, parent: before, changes });
    await repo.setRef('x', commit, { expected: before });
    await txn.commit();
  }`;

/** Lets the writer work for a while after its start, then kills it. */
async function killedWriter(repo: Repo, file: string, milliseconds: number): Promise<void> {
  const args = ['--input-type=module', '-e', WRITER, module, repo.path, file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await ended;
}

it('a writer that is killed leaves a ref whose commit is whole, and the next one can write', async () => {
  await using dir = await tempDir('kill');
  await using repo = await openRepo(dir.file('repo'), { create: 'bare' });
  const cli = ostreeCli(repo.path);
  const file = dir.file('file');
  await writeFile(file, 'content');
  for (let round = 0; round < 8; round++) {
    await killedWriter(repo, file, round * 23);
    const ref = await repo.resolveRev('x');
    // Objects of a commit that was cut off are no damage: no ref reaches them.
    await cli.run('prune', '--refs-only');
    expect(await cli.fsck()).toBeNull();
    if (ref) expect(await repo.listTree(ref, '/')).toHaveLength(80);
    const changes: Change[] = [{ op: 'file', path: '/f', from: file }];
    const txn = await repo.transaction();
    const { commit } = await repo.writeCommit({ base: ref, parent: ref, changes });
    await repo.setRef('y', commit);
    await txn.commit();
    expect(await cli.cat('y', '/f')).toBe('content');
  }
});
