import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openBase } from '../../assembly/base.ts';
import { folderBase } from '../../assembly/folder-base.ts';
import { openLayerStack } from '../../assembly/layer-stack.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import type { ScriptBackend } from '../../scripts/script-execution-manager.ts';
import { epochOf } from '../build/assemble.ts';
import { architectureOf } from '../build/layer.ts';
import type { OpenScriptsOptions, SystemOptions } from '../requests.ts';
import { DEFAULT_CACHE, openWorkspace, requireRepo, type Workspace } from '../workspace.ts';
import { requireCommit } from './commit-of.ts';
import { openSession } from './script-session.ts';

/** `openScripts`: a working tree on a commit or a folder. The repository is locked only while this opens. */
export async function openScripts(
  system: SystemOptions,
  options: Omit<OpenScriptsOptions, 'policy'>,
  run: RunOptions,
): Promise<ScriptBackend> {
  const { base, root } = options;
  if ((base === undefined) === (root === undefined))
    throw new AptOstreeError('ERR_USAGE', 'scripts run on a commit (`base`) or on a folder (`root`)');
  const cached = `${system.cacheDir ?? DEFAULT_CACHE}/repo`;
  const repo = base === undefined ? (system.repo ?? cached) : requireRepo(system);
  const space = await openWorkspace(repo, system, run);
  try {
    const from = base === undefined ? await folderOf(root!) : await commitOf(space, base);
    space.unlock();
    run.signal?.throwIfAborted();
    const { dir } = space.work;
    await mkdir(join(dir, 'session'));
    const stack = await openLayerStack({ repo: space.repo, base: from, work: join(dir, 'stack') });
    const session = await openSession({
      base: from.name,
      stack,
      architecture: await architectureOf(stack.tree),
      work: join(dir, 'session'),
      epoch: from.epoch,
      timeoutSeconds: options.timeoutSeconds,
      outputLimit: options.outputLimit,
    });
    return {
      ...session,
      async close() {
        await session.close();
        await space[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await space[Symbol.asyncDispose]();
    throw error;
  }
}

async function commitOf({ repo }: Workspace, rev: string) {
  const commit = await requireCommit(repo, rev);
  const { timestamp } = await repo.readCommit(commit);
  const { source, lowers } = await openBase(repo, commit, null);
  return { name: commit, source, lowers, epoch: epochOf([], timestamp) };
}

async function folderOf(root: string) {
  const dir = resolve(root);
  if (dir === '/')
    throw new AptOstreeError('ERR_USAGE', 'scripts do not run on the root of this machine', {
      hint: 'copy it, or compose a root with `compose rootfs`',
    });
  const status = await stat(join(dir, 'var/lib/dpkg/status')).catch(() => null);
  if (status === null)
    throw new AptOstreeError('ERR_DPKG_DATABASE', `${dir} has no dpkg database`, {
      hint: 'name the root of a Debian system',
    });
  return { name: dir, ...folderBase(dir), epoch: epochOf([], Math.floor(status.mtimeMs / 1000)) };
}
