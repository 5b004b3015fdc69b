import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Base } from '../../assembly/base.ts';
import type { Incoming } from '../../assembly/incoming.ts';
import { type OverlayStack, openLayerStack } from '../../assembly/layer-stack.ts';
import { type LiveDatabase, openLiveDatabase } from '../../assembly/live-database.ts';
import type { Member } from '../../assembly/payload.ts';
import type { LayeringContext } from '../../assembly/transaction.ts';
import { repoArea } from '../../assembly/work-area.ts';
import { compareStates } from '../../dpkg/record.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { startTask } from '../../monitor/task.ts';
import { removeTree } from '../../native/remove-tree.ts';
import type { Repo } from '../../native/repo.ts';
import { type MaskFolders, prepareMasks } from '../../scripts/masks/masks.ts';
import { ScriptRunner } from '../../scripts/script-runner.ts';
import type { FailurePolicy } from '../../scripts/types.ts';
import { type AccountKeeper, accountKeeper } from '../accounts/keeper.ts';
import { isAccountFile } from '../accounts/lines.ts';
import type { AccountRow } from '../accounts/rows.ts';
import { type RecordedLayer, recordLayer, recordSkipped } from './record.ts';
import { runningDpkg } from './running-dpkg.ts';
import { sourceDateEpoch } from './source-date.ts';

export interface AssemblyConfig {
  repo: Repo;
  /** Private folder of the transaction on the repository's file system. */
  work: string;
  base: Base | null;
  architecture: string;
  /** Seconds since the epoch that scripts take for now. */
  epoch: number;
  wanted?: ((path: string, type: Member['type']) => boolean) | undefined;
  policy?: FailurePolicy | undefined;
  /** Accounts that keep their numbers, and names of packages that the base has and the tree will not have. */
  accounts?: readonly AccountRow[] | undefined;
  /** Accounts that a host has beside those of its image. */
  local?: readonly AccountRow[] | undefined;
  removed?: readonly string[] | undefined;
  /** Operations to come, for progress. */
  steps: number;
  /** Packages to come, for the version of dpkg that scripts are told before it is unpacked. */
  incoming: ReadonlyMap<string, Incoming>;
}

/** A stack with its database, ready to take packages. */
export interface FilesystemAssembler extends AsyncDisposable {
  stack: OverlayStack;
  live: LiveDatabase;
  context: LayeringContext;
  scripts: ScriptRunner;
  masks: MaskFolders;
  /** What each run changed, in order. */
  record: RecordedLayer[];
  logs: string;
  /** Seconds since the epoch that programs of the tree take for now. */
  epoch: number;
  /** Seconds that scripts took so far. */
  scriptSeconds(): number;
  accounts: AccountKeeper;
  /** It went well: nobody needs the logs of the scripts any more. */
  done(): Promise<void>;
}

/** Opens a stack on a base (or on nothing) and connects database, scripts and progress to it. */
export async function openAssembler(config: AssemblyConfig, run: RunOptions): Promise<FilesystemAssembler> {
  const { repo, work, base } = config;
  const stack = await openLayerStack({ repo, base, work: join(work, 'stack') });
  const live = await openLiveDatabase(stack, config.architecture);
  const masks = await prepareMasks(join(work, 'masks'));
  const logs = await openLogs(repo, work);
  const scripts = new ScriptRunner({
    logs,
    masks,
    sourceDateEpoch: config.epoch,
    // Asked by each script: a transaction may bring another dpkg.
    get dpkgVersion() {
      return runningDpkg(live.db, config.incoming);
    },
    ...(config.policy ? { policy: config.policy } : {}),
  });
  const record: RecordedLayer[] = [];
  const task = startTask(run.monitor, 'assemble', 'items', '', config.steps);
  let steps = 0;
  const packages = packagesAfter(config, live);
  const { accounts: rows = [], local = [] } = config;
  const accounts = accountKeeper({ stack, live, rows, local, packages, record });
  const context: LayeringContext = {
    stack,
    tree: stack.tree,
    live,
    async runScript(call) {
      run.signal?.throwIfAborted();
      live.write();
      const execute = async () => {
        await accounts.prepare(call);
        const undoable = accounts.sleeping;
        return scripts.executeScript({ ...call, stack, undoable, signal: run.signal });
      };
      let result = await execute();
      const touched = result.changes.some((c) => isAccountFile(c.path));
      if (result.state === 'succeeded' && touched && (await accounts.wake(call))) {
        await scripts.undo(result);
        result = await execute();
      }
      scripts.settle();
      const { package: name, version, architecture, script, args } = call;
      const origin = { kind: 'script', package: name, version, architecture, script, args } as const;
      if (result.state !== 'succeeded') {
        record.push(recordSkipped(origin));
        return;
      }
      await live.absorb(result.changes);
      record.push(recordLayer(origin, result.changes));
      if (result.changes.some((c) => isAccountFile(c.path))) await accounts.note(call, result.changes);
    },
    async readObject(checksum) {
      return (await repo.readObjects([checksum]))[0]!;
    },
    wanted: config.wanted ?? (() => true),
    onStep({ kind, package: name }) {
      steps += 1;
      task.update(steps, Math.max(config.steps, steps), `${kind} ${name}`);
    },
  };
  return {
    stack,
    live,
    context,
    scripts,
    masks,
    accounts,
    record,
    logs,
    epoch: config.epoch,
    scriptSeconds: () => scripts.results.reduce((sum, result) => sum + result.seconds, 0),
    async done() {
      task.end();
      await removeTree(logs);
    },
    async [Symbol.asyncDispose]() {
      task.end();
      await stack[Symbol.asyncDispose]();
    },
  };
}

function packagesAfter({ incoming, removed = [] }: AssemblyConfig, live: LiveDatabase): Set<string> {
  const before = live.db.all().filter((r) => compareStates(r.state, 'config-files') > 0);
  const names = new Set(before.map((r) => r.name));
  for (const name of removed) names.delete(name);
  for (const { name } of incoming.values()) names.add(name);
  return names;
}

/**
 * The finished tree must be one that dpkg would call clean.
 * @throws ERR_AUDIT naming each package that is not installed properly.
 */
export function auditDatabase(live: LiveDatabase): void {
  const bad = live.db
    .all()
    .filter(
      (r) => compareStates(r.state, 'config-files') > 0 && (r.state !== 'installed' || r.flag !== 'ok'),
    );
  if (bad.length === 0) return;
  throw new AptOstreeError(
    'ERR_AUDIT',
    `not installed properly: ${bad.map((r) => `${r.name} (${r.state})`).join(', ')}`,
    {
      details: bad.map(({ name, state, flag }) => ({ name, state, flag })),
    },
  );
}

/**
 * What a build that depends on its inputs alone may take for now: SOURCE_DATE_EPOCH, or else the time of the newest
 * file of the packages.
 */
export function epochOf(packages: Iterable<Incoming>, least = 0): number {
  const fixed = sourceDateEpoch();
  if (fixed !== null) return fixed;
  let newest = least;
  for (const { manifest } of packages)
    for (const time of manifest.entries.mtime) if (time > newest) newest = time;
  return newest;
}

/** How many transactions that failed keep their logs. */
const KEPT_LOGS = 10;

/** A folder for the logs of this transaction; it outlives the work folder when the transaction fails. */
async function openLogs(repo: Repo, work: string): Promise<string> {
  const area = join(repoArea(repo), 'logs');
  await mkdir(area, { recursive: true });
  const old = await Promise.all(
    (await readdir(area)).map(async (name) => ({ name, time: (await stat(join(area, name))).mtimeMs })),
  );
  for (const { name } of old.sort((a, b) => b.time - a.time).slice(KEPT_LOGS))
    await removeTree(join(area, name));
  const dir = join(area, basename(work));
  await mkdir(dir);
  return dir;
}
