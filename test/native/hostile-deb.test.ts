import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import type { Transaction } from '../../lib/native/transaction.ts';
import { importDebs } from '../../lib/packages/import.ts';
import { readManifest } from '../../lib/packages/manifest.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { AR_CASES } from './hostile/ar-cases.ts';
import { BOMB_CASES } from './hostile/bomb-cases.ts';
import type { HostileCase } from './hostile/case.ts';
import { CONTROL_CASES } from './hostile/control-cases.ts';
import { METADATA_CASES } from './hostile/metadata-cases.ts';
import { TREE_CASES } from './hostile/tree-cases.ts';

const GROUPS = {
  'outer archive': AR_CASES,
  'unpacked size': BOMB_CASES,
  control: CONTROL_CASES,
  'tar metadata': METADATA_CASES,
  'names and tree': TREE_CASES,
};

let dir: TempDir;
let repo: Repo;
let transaction: Transaction;
const refs = new Set<string>();

// All cases run within one transaction: none may harm what the others wrote.
beforeAll(async () => {
  dir = await tempDir('hostile');
  repo = await openRepo(dir.file('repo'), { create: 'bare' });
  transaction = await repo.transaction();
});

afterAll(async () => {
  repo.close();
  await dir[Symbol.asyncDispose]();
});

async function judge({ id, make, verdict, says, shows, as }: HostileCase): Promise<void> {
  const file = dir.file(`${id}.deb`);
  await writeFile(file, make());
  const importing = importDebs(repo, [{ file, sha256: null }]);
  if (verdict !== 'accept') {
    const said = says instanceof RegExp ? expect.stringMatching(says) : expect.stringContaining(says!);
    await expect(importing).rejects.toMatchObject({ code: verdict, message: said });
    return;
  }
  const [imported] = await importing;
  refs.add(imported!.ref);
  if (shows) expect(shows(await readManifest(repo, imported!.commit))).toEqual(as);
}

for (const [group, cases] of Object.entries(GROUPS))
  describe(group, () => {
    it.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => judge(c));
  });

describe('afterwards', () => {
  it('the transaction commits what was accepted, soundly', async () => {
    await transaction.commit();
    const cli = ostreeCli(repo.path);
    expect(new Set(await cli.refs())).toEqual(refs);
    expect(await cli.fsck()).toBeNull();
  });

  it('all cases of the list were judged', () => {
    const ids = Object.values(GROUPS).flatMap((cases) => cases.map((c) => c.id));
    const listed = ids.filter((id) => !id.startsWith('x'));
    expect(new Set(listed.map((id) => id.slice(0, 3))).size).toBe(151);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
