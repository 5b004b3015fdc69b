import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseSource } from '../../lib/assembly/base-reader.ts';
import type { Incoming } from '../../lib/assembly/incoming.ts';
import { type OverlayStack, openLayerStack } from '../../lib/assembly/layer-stack.ts';
import { openLiveDatabase } from '../../lib/assembly/live-database.ts';
import { membersOf } from '../../lib/assembly/payload.ts';
import type { LayeringContext } from '../../lib/assembly/transaction.ts';
import type { LayerChange } from '../../lib/assembly/types.ts';
import type { ErrorCode } from '../../lib/errors/codes.ts';
import { AptOstreeError } from '../../lib/errors/error.ts';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import { importDebs } from '../../lib/packages/import.ts';
import { readManifest } from '../../lib/packages/manifest.ts';
import { programEnvironment } from '../../lib/scripts/environment.ts';
import { prepareMasks } from '../../lib/scripts/masks/masks.ts';
import { ScriptRunner } from '../../lib/scripts/script-runner.ts';
import { hostCodename } from '../helpers/host-sources.ts';
import { minbase } from '../helpers/minbase.ts';
import { run } from '../helpers/run.ts';
import type { State, Trace } from './dpkg-trace.ts';
import type { Entry } from './snapshot.ts';

export const ADMIN_DIR = '/var/lib/dpkg';

/** A root with the programs that scripts need and with no package, on which states of the trace are put up. */
export interface Stage {
  repo: Repo;
  source: BaseSource;
  root: string;
  /** Imported packages by SHA-256, or the code of the error with which the import refuses one. */
  packages: Map<string, Incoming | ErrorCode>;
}

async function importAll(repo: Repo, trace: Trace): Promise<Stage['packages']> {
  const packages: Stage['packages'] = new Map();
  for (const sha256 of new Set(trace.steps.flatMap((step) => Object.values(step.debs)))) {
    await using transaction = await repo.transaction();
    const imported = await importDebs(repo, [{ file: trace.deb(sha256), sha256: null }]).catch((error) => {
      if (AptOstreeError.is(error)) return error.code;
      throw error;
    });
    await transaction.commit();
    if (typeof imported === 'string') packages.set(sha256, imported);
    else packages.set(sha256, { ...imported[0]!, manifest: await readManifest(repo, imported[0]!.commit) });
  }
  return packages;
}

/** Copies a minbase into `dir`, empties its package database and imports every package of the trace. */
export async function openStage(dir: string, trace: Trace): Promise<Stage> {
  await mkdir(dir, { recursive: true });
  const root = join(dir, 'root');
  await run('cp', ['-a', await minbase(await hostCodename()), root]);
  for (const emptied of [ADMIN_DIR, '/dev'])
    await run('find', [join(root, emptied), '-mindepth', '1', '-delete']);
  const repo = await openRepo(join(dir, 'repo'), { create: 'bare' });
  const commit = (
    await run('ostree', ['commit', `--repo=${repo.path}`, '--orphan', `--tree=dir=${root}`])
  ).trim();
  const source: BaseSource = {
    place: (path) => path,
    mounts: [],
    lookup: (places) => repo.lookup(commit, places),
    async list(place, depth) {
      const entries = await repo.listTree(commit, place, depth > 0 ? { depth } : {});
      return entries.map(({ path, node }) => ({
        path,
        node: node.type === 'dir' ? node : { ...node, from: '' },
      }));
    },
  };
  return { repo, source, root, packages: await importAll(repo, trace) };
}

/** The stack of one state, ready for operations. */
export interface Scene extends AsyncDisposable {
  context: LayeringContext;
  stack: OverlayStack;
  /** Runs a program of the tree, as a script would, and takes over what it changed. */
  runTool(argv: string[], input: string | null): Promise<void>;
}

/** A state that no tree of ours can have. */
export class Impossible extends Error {}

/** More than fits into memory in one piece. */
export const LARGE = 2 ** 30;

/** A large file as the object that it is in an imported package. */
async function largeFile(stage: Stage, trace: Trace, entry: Entry, path: string): Promise<LayerChange> {
  for (const found of stage.packages.values())
    for (const { node } of typeof found === 'string' ? [] : membersOf(found.manifest.entries, NO_ACCOUNTS)) {
      if (node.type !== 'file' || node.size !== entry.size || node.mode !== entry.mode) continue;
      if (await stage.repo.hasBytesOf(node.checksum, trace.blobFile(entry.content!)))
        return { op: 'node', path, node };
    }
  throw new Impossible('a large file that no package has');
}

async function changesOf(
  stage: Stage,
  trace: Trace,
  entries: Entry[],
  below: string,
): Promise<LayerChange[]> {
  const changes: LayerChange[] = [];
  for (const entry of entries) {
    const { path: relative, type, mode, uid, gid, content, target } = entry;
    if (relative === '/') continue;
    const path = `${below}${relative}`;
    if (type === 'dir') changes.push({ op: 'dir', path, mode, uid, gid });
    else if (type === 'symlink') changes.push({ op: 'symlink', path, uid, gid, target: target! });
    else if (type === 'file' && entry.size! > LARGE) changes.push(await largeFile(stage, trace, entry, path));
    else if (type === 'file')
      changes.push({ op: 'write', path, mode, uid, gid, data: await trace.blob(content!) });
    else throw new Impossible(`a ${type} in the tree`);
  }
  return changes;
}

const NO_ACCOUNTS = { uids: new Map<string, number>(), gids: new Map<string, number>() };

let scenes = 0;

/** Puts a state up on the stage. */
export async function openScene(stage: Stage, trace: Trace, state: State): Promise<Scene> {
  if (state.database.some(({ path }) => /^\/updates\/\d+$/.test(path)))
    throw new Impossible('changes in updates/ that a killed dpkg left');
  const work = join(stage.repo.path, `scene-${scenes++}`);
  await mkdir(join(work, 'logs'), { recursive: true });
  const base = { source: stage.source, lowers: [stage.root] };
  const stack = await openLayerStack({ repo: stage.repo, base, work: join(work, 'stack') });
  const known = await stage.source.lookup(state.tree.map(({ path }) => path));
  const tree = state.tree.filter(({ type }, index) => type !== 'dir' || known[index]?.type !== 'dir');
  stack.push({ kind: 'base' }, await changesOf(stage, trace, tree, ''));
  stack.push({ kind: 'database' }, await changesOf(stage, trace, state.database, ADMIN_DIR));
  const live = await openLiveDatabase(stack, 'amd64');
  const masks = await prepareMasks(join(work, 'masks'));
  const scripts = new ScriptRunner({
    logs: join(work, 'logs'),
    masks,
    sourceDateEpoch: 0,
    dpkgVersion: '1.21.22',
    timeoutSeconds: 60,
  });
  const context: LayeringContext = {
    stack,
    tree: stack.tree,
    live,
    async runScript(call) {
      live.write();
      const result = await scripts.executeScript({ ...call, stack });
      await live.absorb(result.changes);
    },
    readObject: async (checksum) => (await stage.repo.readObjects([checksum]))[0]!,
    wanted: () => true,
    onStep: () => {},
  };
  await writeFile(join(work, 'state'), '');
  return {
    context,
    stack,
    async runTool(argv, input) {
      live.write();
      const { outcome, changes } = await stack.run({
        origin: { kind: 'treefile', step: argv[0]! },
        argv: input === null ? argv : ['/bin/sh', '-c', 'printf %s "$0" | "$@"', input, ...argv],
        env: programEnvironment({ sourceDateEpoch: 0 }),
        timeoutSeconds: 60,
        log: join(work, 'logs', 'tool'),
        masks: await masks.select(async (path) => (await stack.tree.lookup(path)) !== null),
      });
      if (outcome.exit !== 0) throw new AptOstreeError('ERR_SCRIPT_FAILED', outcome.tail);
      await live.absorb(changes);
    },
    [Symbol.asyncDispose]: async () => {
      await stack[Symbol.asyncDispose]();
      await run('rm', ['-rf', work]);
    },
  };
}
