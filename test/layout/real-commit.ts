import { commitReader } from '../../lib/layout/commit-reader.ts';
import { scrub } from '../../lib/layout/scrub.ts';
import { storeChanges } from '../../lib/layout/store.ts';
import { layOut } from '../../lib/layout/to-ostree.ts';
import type { Repo } from '../../lib/native/repo.ts';
import type { Change } from '../../lib/native/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { tempDir } from '../helpers/temp.ts';
import { commitTree } from './commit-tree.ts';
import { realTree } from './real-tree.ts';

/** A commit of its own, kept by a ref. */
export async function writeChanges(repo: Repo, base: string, changes: Change[]): Promise<string> {
  await using transaction = await repo.transaction();
  const { commit } = await repo.writeCommit({ base, changes });
  await repo.setRef(`test/${commit}`, commit);
  await transaction.commit();
  return commit;
}

/** The real tree, scrubbed, as a plain commit and as an OSTree one. */
export async function commitRealTree(repo: Repo): Promise<{ plain: string; ostree: string }> {
  await using dir = await tempDir('real-commit');
  const cli = ostreeCli(repo.path);
  const raw = (
    await cli.run('commit', '-b', 'raw', '--timestamp=@0', `--tree=dir=${await realTree()}`)
  ).trim();
  const { changes } = await scrub(commitTree(commitReader(repo, raw)));
  const plain = await writeChanges(repo, raw, await storeChanges(changes, dir.file('scrub')));
  const laidOut = await layOut(commitTree(commitReader(repo, plain)));
  const ostree = await writeChanges(repo, plain, await storeChanges(laidOut, dir.file('layout')));
  return { plain, ostree };
}
