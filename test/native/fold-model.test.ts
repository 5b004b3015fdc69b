import { mkdir, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import type { CommitRequest } from '../../lib/native/types.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';
import {
  contentFile,
  describeModel,
  fromScratch,
  operation,
  sequence,
  toChange,
  withParents,
} from './tree-model.ts';

const root = await machineHas('root');
const overlay = root && (await machineHas('overlay'));

async function bench() {
  const temp = await tempDir('fold-model');
  for (let i = 0; i < 5; i++) await writeFile(contentFile(temp.path, i), `content ${i}`);
  const repo = await openRepo(temp.file('repo'), { create: 'bare' });
  return {
    temp,
    repo,
    async [Symbol.asyncDispose]() {
      repo.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

async function commit(repo: Repo, request: CommitRequest) {
  await using txn = await repo.transaction();
  const written = await repo.writeCommit(request);
  await txn.commit();
  return written;
}

describe.runIf(root)('a tree after any changes', () => {
  it('is the one that is written from scratch, whether in one commit or in two', async () => {
    await using t = await bench();
    const property = fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const { last, operations: taken } = sequence(operations);
      const [one, two] = taken.map((list) => list.map((o) => toChange(t.temp.path, o)));
      await using _txn = await t.repo.transaction();
      const base = await t.repo.writeCommit({ base: null, changes: one! });
      const inTwo = await t.repo.writeCommit({ base: base.commit, changes: two! });
      const inOne = await t.repo.writeCommit({ base: null, changes: [...one!, ...two!] });
      const scratch = await t.repo.writeCommit({ base: null, changes: fromScratch(t.temp.path, last) });
      expect(inTwo.rootChecksum).toBe(scratch.rootChecksum);
      expect(inOne.rootChecksum).toBe(scratch.rootChecksum);
      const listed = await t.repo.listTree(inTwo.commit, '/');
      expect(listed.map((entry) => entry.path).sort()).toEqual([...last.keys()].sort());
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it.runIf(overlay)('is what a layer with them shows under overlayfs', async () => {
    await using t = await bench();
    const property = fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (all) => {
      const { first, last, operations } = sequence(all.filter((o) => o.op !== 'move'));
      const base = await commit(t.repo, { base: null, changes: fromScratch(t.temp.path, first) });
      await using dir = await tempDir('fold-overlay');
      await t.repo.checkout(base.commit, dir.file('base'), { how: 'hardlink' });
      for (const name of ['layer', 'merged']) await mkdir(dir.file(name));
      const changes = withParents(first, operations[1]).map((o) => toChange(t.temp.path, o));
      await t.repo.materialize(dir.file('layer'), changes, { overlay: true });
      const script = `mount -t overlay overlay -o lowerdir=layer:base merged
        find merged -mindepth 1 -type d -printf '/%P %m\\n' -o -type f -printf '/%P ' -exec cat {} ';' -printf '\\n'`;
      const seen = await run('unshare', ['-m', 'sh', '-ec', script], { cwd: dir.path });
      expect(seen.split('\n').filter(Boolean).sort()).toEqual(describeModel(last));
    });
    await fc.assert(property, { numRuns: 25 });
  });
});
