import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Monitor, RunOptions } from '../monitor/monitor.ts';
import { startTask } from '../monitor/task.ts';
import type { FetchFailure, RawFetched, RawSolution } from '../native/apt.ts';
import { ChildClient } from '../native/child-client.ts';
import type { AptEvent } from './apt-events.ts';
import { type AptFolder, closeAptFolder, openAptFolder, writePins } from './apt-folder.ts';
import { parseArgument } from './argument.ts';
import { fetchError, refreshError, unknownError, unresolvableError } from './explain.ts';
import { type FetchedDeb, localDeb, requireFile } from './fetched-deb.ts';
import { isFresh, markFresh, markStale } from './freshness.ts';
import type { AptTarget, ResolvedPackage, ResolveRequest, Solution } from './plan.ts';
import { completeSolution } from './solution.ts';

export type { FetchedDeb };

export interface FetchOptions extends RunOptions {
  /** Called for each file as soon as it is there, while others are still coming. What it throws ends the fetch. */
  onFile?: ((deb: FetchedDeb) => void) | undefined;
}

/** libapt-pkg for one target, in a child process. Calls must not overlap; close it when done. */
export interface AptHost extends AsyncDisposable {
  /** apt's configuration of this session, for `APT_CONFIG`; gone when the host is closed. */
  readonly configFile: string;
  /**
   * Brings the lists up to date, unless they are fresh (`AptTarget.maxAge`). All sources or none: old lists are never
   * used silently. Returns whether anything was asked of the sources.
   *
   * @throws ERR_APT_FETCH, ERR_APT_UNTRUSTED
   */
  refresh(options?: RunOptions): Promise<boolean>;
  /**
   * Solves a request with the lists as they are.
   *
   * @throws ERR_APT_UNKNOWN_PACKAGE, ERR_APT_UNRESOLVABLE, ERR_APT_CACHE_OPEN, ERR_LOCKFILE, ERR_USAGE
   */
  resolve(request: ResolveRequest, options?: RunOptions): Promise<Solution>;
  /**
   * Fetches packages of a solution. The result is in the order of the arguments.
   *
   * @throws ERR_APT_FETCH, ERR_APT_UNTRUSTED
   */
  fetch(packages: ResolvedPackage[], options?: FetchOptions): Promise<FetchedDeb[]>;
  /** Deletes fetched files that are not needed any more. What a local source keeps is left alone. */
  discard(debs: FetchedDeb[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the apt child process of a target and prepares its private folder.
 *
 * @throws ERR_APT_HOST when the process ends unexpectedly, here and in every call.
 */
export async function openAptHost(target: AptTarget, options: RunOptions = {}): Promise<AptHost> {
  const folder = await openAptFolder(target);
  // Messages of libapt-pkg are data: in English, whatever the caller speaks.
  const { APT_CONFIG = '', ...env } = process.env;
  const child = ChildClient.start('resolution/host', {
    title: 'the apt child process',
    code: 'ERR_APT_HOST',
    env: { ...env, LC_ALL: 'C.UTF-8', LANGUAGE: '' },
  });
  try {
    const setup = { config: folder.config, host: target.repos === 'host', hostConfig: APT_CONFIG };
    await child.call('configure', setup, { signal: options.signal });
    return new Host(target, folder, child, options);
  } catch (error) {
    await child.close();
    await closeAptFolder(folder);
    throw error;
  }
}

class Host implements AptHost {
  readonly configFile: string;
  readonly #target: AptTarget;
  readonly #folder: AptFolder;
  readonly #child: ChildClient;
  readonly #defaults: RunOptions;

  constructor(target: AptTarget, folder: AptFolder, child: ChildClient, defaults: RunOptions) {
    this.configFile = folder.config;
    this.#target = target;
    this.#folder = folder;
    this.#child = child;
    this.#defaults = defaults;
  }

  async refresh(options: RunOptions = {}): Promise<boolean> {
    this.#child.requireOpen();
    if (await isFresh(this.#target, this.#folder)) return false;
    await markStale(this.#folder);
    const { listsLock } = this.#folder;
    const { failures, warnings } = await this.#call<FetchReport>(
      'refresh',
      { listsLock },
      { ...options, task: 'refresh' },
    );
    if (failures.length > 0) throw refreshError(failures, warnings);
    this.#warn(warnings, options);
    await markFresh(this.#target, this.#folder);
    return true;
  }

  async resolve(request: ResolveRequest, options: RunOptions = {}): Promise<Solution> {
    this.#child.requireOpen();
    const input = {
      listsLock: this.#folder.listsLock,
      install: request.install.map(parseArgument),
      remove: request.remove.map(parseArgument),
      upgrade: request.upgrade,
      essential: request.essential,
      purge: request.purge ?? false,
    };
    for (const { file, text } of input.install) if (file !== '') await requireFile(file, text);
    await writePins(this.#folder, this.#target, request);
    const raw = await this.#call<RawSolution>('resolve', input, { ...options, task: 'resolve' });
    if (raw.unknown.length > 0) throw unknownError(raw.unknown, request);
    if (!raw.solved) throw unresolvableError(raw.problems, request);
    this.#warn(raw.warnings, options);
    return completeSolution(raw, request, this.#target.architecture);
  }

  async fetch(packages: ResolvedPackage[], options: FetchOptions = {}): Promise<FetchedDeb[]> {
    const done = new Map<ResolvedPackage, FetchedDeb>();
    const tell = (deb: FetchedDeb) => {
      if (done.has(deb.package)) return;
      done.set(deb.package, deb);
      options.onFile?.(deb);
    };
    const isLocal = (item: ResolvedPackage) => item.filename.startsWith('/');
    for (const item of packages.filter(isLocal)) tell(await localDeb(item));
    const remote = packages.filter((item) => !isLocal(item));
    if (remote.length > 0) await this.#fetchRemote(remote, { ...options, onFile: tell });
    return packages.map((item) => done.get(item)!);
  }

  async discard(debs: FetchedDeb[]): Promise<void> {
    const own = debs.filter(({ file }) => dirname(file) === this.#folder.archives);
    await Promise.all(own.map(({ file }) => rm(file, { force: true })));
  }

  async close(): Promise<void> {
    await this.#child.close();
    await closeAptFolder(this.#folder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #fetchRemote(packages: ResolvedPackage[], options: FetchOptions): Promise<void> {
    const byKey = new Map(packages.map((item) => [packageKey(item), item]));
    const stop = new AbortController();
    const given = options.signal ?? this.#defaults.signal;
    const onFile = (file: RawFetched) =>
      options.onFile?.({ package: byKey.get(packageKey(file))!, file: file.file, sha256: file.sha256 });
    const { listsLock, archivesLock } = this.#folder;
    const args = { wanted: packages.map(wanted), listsLock, archivesLock };
    const { files, failures, warnings } = await this.#call<FetchReport & { files: RawFetched[] }>(
      'fetch',
      args,
      {
        monitor: options.monitor,
        signal: given ? AbortSignal.any([given, stop.signal]) : stop.signal,
        task: 'fetch',
        onFile: (file) => {
          try {
            onFile(file);
          } catch (error) {
            stop.abort(error);
          }
        },
      },
    );
    if (failures.length > 0) throw fetchError(failures);
    for (const file of files) onFile(file);
    this.#warn(warnings, options);
  }

  async #call<T>(method: string, args: unknown, options: CallSettings): Promise<T> {
    const signal = options.signal ?? this.#defaults.signal;
    const monitor = options.monitor ?? this.#defaults.monitor;
    const task = startTask(monitor, options.task, options.task === 'resolve' ? '' : 'bytes');
    const onEvent = (event: unknown) => {
      const e = event as AptEvent;
      if (e.type === 'progress') task.update(e.done, e.total, e.text);
      else options.onFile?.(e.file);
    };
    try {
      return await this.#child.call<T>(method, args, { signal, onEvent });
    } finally {
      task.end();
    }
  }

  #warn(warnings: string[], options: RunOptions): void {
    const monitor: Monitor | undefined = options.monitor ?? this.#defaults.monitor;
    for (const text of warnings) monitor?.warning(text);
  }
}

interface FetchReport {
  failures: FetchFailure[];
  warnings: string[];
}

interface CallSettings extends RunOptions {
  task: string;
  onFile?: (file: RawFetched) => void;
}

interface PackageIdentity {
  name: string;
  version: string;
  architecture: string;
}

const packageKey = ({ name, version, architecture }: PackageIdentity) => `${name}:${architecture}=${version}`;
const wanted = ({ name, version, architecture, sha256 }: ResolvedPackage) => ({
  name,
  version,
  architecture,
  sha256,
});
