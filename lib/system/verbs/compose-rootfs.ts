import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadTreefile } from '../../compose/treefile.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { Repo } from '../../native/repo.ts';
import { readAccountsLock } from '../accounts/rows.ts';
import { buildTree } from '../build/build-tree.ts';
import { linkCopies, readHardlinks } from '../build/hardlinks.ts';
import { inputsDigest } from '../build/inputs.ts';
import { checkScripts } from '../build/script-policy.ts';
import { composeInputs } from '../plan/compose-plan.ts';
import { gatherPackages } from '../plan/gather.ts';
import { prepareCompose } from '../plan/prepare-compose.ts';
import type { ComposeRootfsOptions, SystemOptions } from '../requests.ts';
import type { RootfsResult } from '../results.ts';
import { startClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { DEFAULT_CACHE, openWorkspace } from '../workspace.ts';
import { actionsOf, scriptRunsOf } from './result-parts.ts';

/** `compose rootfs`: the tree as an ordinary Debian root. Packages are kept in the repository, the tree is not. */
export async function composeRootfs(
  system: SystemOptions,
  options: ComposeRootfsOptions,
  run: TransactionRun,
): Promise<RootfsResult> {
  const clock = startClock();
  checkScripts(options.scripts);
  const dir = resolve(options.dir);
  await requireEmpty(dir);
  const treefile = await loadTreefile(options.treefile);
  await using space = await openWorkspace(
    system.repo ?? `${system.cacheDir ?? DEFAULT_CACHE}/repo`,
    system,
    run,
  );
  const { repo, work } = space;
  await using tools = await prepareCompose(space, treefile, options, { clock, run });
  const { plan, host } = tools;
  const incoming = await gatherPackages(repo, host, plan.packages, { clock, run });
  const inputs = await inputsDigest(null, treefile, composeInputs(plan));
  const built = await buildTree(
    {
      repo,
      work: work.dir,
      treefile,
      plan,
      incoming,
      ostree: false,
      inputs,
      scripts: options.scripts,
      accounts: await readAccountsLock(treefile.preserveAccounts),
      parent: null,
      ref: null,
    },
    clock,
    run,
  );
  await clock.time('copy', () => copyTree(repo, built.commit, dir));
  return {
    dir,
    packages: actionsOf(plan.packages),
    scripts: scriptRunsOf(built.scripts),
    stats: clock.stats(),
  };
}

/** Writes a plain tree into a folder of its own; nothing in it shares an inode with the repository. */
export async function copyTree(repo: Repo, commit: string, dir: string): Promise<void> {
  await mkdir(dirname(dir), { recursive: true });
  await rmdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await repo.checkout(commit, dir, { how: 'copy' });
  await linkCopies(dir, await readHardlinks(repo, commit));
}

export async function requireEmpty(dir: string): Promise<void> {
  const entries = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length > 0)
    throw new AptOstreeError('ERR_USAGE', `${dir} is not empty`, {
      hint: 'name a folder that does not exist yet',
    });
}
