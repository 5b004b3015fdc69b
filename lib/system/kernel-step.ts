import { ensureInitramfs, type InitramfsResult } from '../layout/initramfs.ts';
import { initramfsCache, keepInitramfs } from '../layout/initramfs-cache.ts';
import { findKernels } from '../layout/kernel.ts';
import type { RunOptions } from '../monitor/monitor.ts';
import { startTask } from '../monitor/task.ts';
import type { Repo } from '../native/repo.ts';
import type { FilesystemAssembler } from './assemble.ts';

/** Gives a tree with a kernel its initramfs: the one it has while it holds, one made before, or a new one. */
export async function addInitramfs(
  { stack, logs }: FilesystemAssembler,
  repo: Repo,
  run: RunOptions,
): Promise<InitramfsResult | null> {
  const [kernel] = await findKernels(stack.tree);
  if (kernel === undefined) return null;
  const task = startTask(run.monitor, 'initramfs', '', kernel);
  try {
    return await ensureInitramfs(stack, { logs, cache: initramfsCache(repo), signal: run.signal });
  } finally {
    task.end();
  }
}

/** Keeps a new initramfs for later composes, in a transaction of its own: losing it costs time only. */
export async function rememberInitramfs(
  repo: Repo,
  commit: string,
  made: InitramfsResult | null,
): Promise<void> {
  if (made?.how !== 'built') return;
  await using transaction = await repo.transaction();
  await keepInitramfs(repo, commit, made.kernel);
  await transaction.commit();
}
