import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockRepo, openWorkFolder, type WorkFolder } from '../assembly/work-area.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { RunOptions } from '../monitor/monitor.ts';
import { openRepo, type Repo } from '../native/repo.ts';
import type { SystemOptions } from './requests.ts';

/** Where a transaction works: the repository that holds packages and layers, locked, and a folder of its own. */
export interface Workspace extends AsyncDisposable {
  /** Bare, so that layers are hardlinks. */
  repo: Repo;
  work: WorkFolder;
  /** apt's lists and archives. */
  aptDir: string;
  /** Where refs are looked up and set; the same repository, or an archive one that commits are pulled into. */
  target: Repo;
  /** Gives the writer's lock back: for those who only read from now on. */
  unlock(): void;
  /** Makes a finished ref visible in `target`. */
  publish(ref: string): Promise<void>;
}

export const DEFAULT_CACHE = '/var/cache/apt-ostree';

/**
 * Opens (or makes) a repository for writing. An archive repository is served by a bare one in the cache folder,
 * where the work is done.
 * @throws ERR_PERMISSION without root, ERR_LOCKED, ERR_REPO_MODE
 */
export async function openWorkspace(
  path: string,
  options: SystemOptions,
  run: RunOptions,
): Promise<Workspace> {
  if (process.getuid?.() !== 0)
    throw new AptOstreeError(
      'ERR_PERMISSION',
      'files of a tree have owners, and maintainer scripts need mounts',
      {
        hint: 'run as root',
      },
    );
  const cache = resolve(options.cacheDir ?? DEFAULT_CACHE);
  await mkdir(cache, { recursive: true });
  const stack = new AsyncStack();
  try {
    const target = stack.use(await openOrCreate(resolve(path)));
    if (target.mode === 'bare-user' || target.mode === 'bare-user-only')
      throw new AptOstreeError('ERR_REPO_MODE', `${path} is a ${target.mode} repository`, {
        hint: 'use one of mode bare or archive',
      });
    const repo =
      target.mode === 'bare' ? target : stack.use(await openRepo(join(cache, 'repo'), { create: 'bare' }));
    const lock = await lockRepo(repo, {
      wait: options.wait,
      signal: run.signal,
      onWait: () => run.monitor?.warning(`waiting for another transaction on ${path}`),
    });
    stack.defer(async () => lock[Symbol.dispose]());
    const work = stack.use(await openWorkFolder(repo));
    return {
      repo,
      work,
      target,
      aptDir: join(cache, 'apt'),
      unlock: () => lock[Symbol.dispose](),
      async publish(ref) {
        if (target !== repo) await target.pullLocal(repo.path, [ref]);
      },
      [Symbol.asyncDispose]: () => stack.close(),
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/** Opens the repository of a command that only reads. */
export async function openReader(system: SystemOptions): Promise<Repo> {
  return openRepo(resolve(requireRepo(system)));
}

export function requireRepo(system: SystemOptions): string {
  if (system.repo) return system.repo;
  if (system.sysroot) return join(system.sysroot, 'ostree', 'repo');
  throw new AptOstreeError('ERR_USAGE', 'no repository given', { hint: 'give --repo=DIR' });
}

async function openOrCreate(path: string): Promise<Repo> {
  try {
    return await openRepo(path);
  } catch (error) {
    if (!AptOstreeError.is(error) || error.code !== 'ERR_OSTREE_NOT_FOUND') throw error;
    return openRepo(path, { create: 'bare' });
  }
}

/** Ends what was opened in the reverse order (`AsyncDisposableStack` is not in Node 20). */
class AsyncStack {
  readonly #actions: (() => Promise<void>)[] = [];
  use<T extends AsyncDisposable>(value: T): T {
    this.defer(() => value[Symbol.asyncDispose]() as Promise<void>);
    return value;
  }
  defer(action: () => Promise<void>): void {
    this.#actions.push(action);
  }
  async close(): Promise<void> {
    for (let action = this.#actions.pop(); action; action = this.#actions.pop()) await action();
  }
}
