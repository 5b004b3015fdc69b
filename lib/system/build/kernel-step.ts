import { expandGlob } from '../../layout/glob.ts';
import { ensureInitramfs, type InitramfsResult } from '../../layout/initramfs.ts';
import { initramfsCache, keepInitramfs } from '../../layout/initramfs-cache.ts';
import { imagePath, recordPath } from '../../layout/initramfs-record.ts';
import { findKernels } from '../../layout/kernel.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { startTask } from '../../monitor/task.ts';
import type { Repo } from '../../native/repo.ts';
import type { FilesystemAssembler } from './assemble.ts';

/**
 * Gives a tree with a kernel its initramfs: the one it has while it holds, one made before, or a new one.
 * A composed tree may lack the tools to build one; a tree that had an initramfs must not lose it; one that had none
 * does not get one by layering.
 * @throws ERR_INITRAMFS
 */
export async function addInitramfs(
  { stack, logs, record }: FilesystemAssembler,
  { repo, layering }: { repo: Repo; layering: boolean },
  run: RunOptions,
): Promise<InitramfsResult | null> {
  const [kernel] = await findKernels(stack.tree);
  if (kernel === undefined) return null;
  if (layering && (await expandGlob(stack.tree, imagePath('*'))).length === 0) return null;
  const task = startTask(run.monitor, 'initramfs', '', kernel);
  try {
    const cache = initramfsCache(repo);
    const made = await ensureInitramfs(stack, { logs, cache, optional: !layering, signal: run.signal });
    if (made.reason)
      run.monitor?.warning(`no initramfs was built: ${made.reason.message}; ${made.reason.hint}`);
    if (made.how === 'built' || made.how === 'cached')
      record.push({
        origin: { kind: 'initramfs' },
        changes: [imagePath(made.kernel), recordPath(made.kernel)].map((path) => ['added', path]),
      });
    return made;
  } finally {
    task.end();
  }
}

/** Keeps the initramfs that was built or used for later composes, in a transaction of its own: losing it costs time only. */
export async function rememberInitramfs(
  repo: Repo,
  commit: string,
  made: InitramfsResult | null,
): Promise<void> {
  if (made?.how !== 'built' && made?.how !== 'cached') return;
  await using transaction = await repo.transaction();
  await keepInitramfs(repo, commit, made.kernel);
  await transaction.commit();
}
