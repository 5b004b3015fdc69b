import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { OverlayStack } from '../../assembly/layer-stack.ts';
import { ADMIN_DIR, openLiveDatabase } from '../../assembly/live-database.ts';
import { isPresent } from '../../dpkg/record.ts';
import type { PackageRecord } from '../../dpkg/types.ts';
import { AptOstreeError } from '../../errors/error.ts';
import { callArguments, type ScriptName } from '../../scripts/calls.ts';
import { type MaskFolders, prepareMasks } from '../../scripts/masks/masks.ts';
import type { ScriptBackend, ScriptExecution } from '../../scripts/script-execution-manager.ts';
import { ScriptRunner } from '../../scripts/script-runner.ts';
import type { ScriptCall } from '../../scripts/types.ts';
import { runningDpkg } from '../build/running-dpkg.ts';

export interface SessionOptions {
  base: string;
  stack: OverlayStack;
  architecture: string;
  /** Private folder; whoever opens the session removes it. */
  work: string;
  epoch: number;
  timeoutSeconds?: number | undefined;
  outputLimit?: number | undefined;
}

const SCRIPT_NAMES: readonly ScriptName[] = ['preinst', 'postinst', 'prerm', 'postrm'];

/** Scripts on a stack, one after the other, all of which can be undone. `close` waits for the one that runs. */
export async function openSession(options: SessionOptions): Promise<ScriptBackend> {
  const { base, stack, architecture, work } = options;
  const logs = join(work, 'logs');
  await mkdir(logs);
  const masks: MaskFolders = await prepareMasks(join(work, 'masks'));
  let live = await openLiveDatabase(stack, architecture);
  const runner = new ScriptRunner({
    logs,
    masks,
    sourceDateEpoch: options.epoch,
    get dpkgVersion() {
      return runningDpkg(live.db, new Map());
    },
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
    ...(options.outputLimit === undefined ? {} : { outputLimit: options.outputLimit }),
  });
  const closing = new AbortController();
  let texts = 0;

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      closing.signal.throwIfAborted();
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };

  const recordOf = (name: string): PackageRecord | undefined => {
    const [plain, wanted] = name.split(':');
    const record = live.db.get(plain!, wanted) ?? (wanted === undefined ? live.db.get(plain!) : undefined);
    return record && isPresent(record) ? record : undefined;
  };
  const requireRecord = (name: string): PackageRecord => {
    const record = recordOf(name);
    if (record) return record;
    throw new AptOstreeError('ERR_USAGE', `${name} is not installed in ${base}`, {
      hint: 'with `text`, a script runs without its package',
    });
  };

  const callOf = async (request: ScriptExecution): Promise<{ call: ScriptCall; overlays: string[] }> => {
    const { package: name, script, text } = request;
    const record = text === undefined ? requireRecord(name) : recordOf(name);
    const version = record?.version ?? '';
    const common = {
      package: record?.name ?? name.split(':')[0]!,
      version,
      architecture: record?.architecture ?? 'all',
      script,
      args: request.args ?? defaultArguments(script, version),
      refcount: record ? live.db.instances(record.name).filter(isPresent).length : 1,
    };
    if (text !== undefined) {
      // Laid over the tree for this run only, where dpkg keeps scripts of packages that come.
      const path = `${ADMIN_DIR}/tmp.ci/${script}`;
      const folder = join(work, 'texts', String(++texts));
      await writeScript(folder, path, text);
      return { call: { ...common, path }, overlays: [folder] };
    }
    if (!live.db.hasInfo(record!, script))
      throw new AptOstreeError('ERR_USAGE', `${name} has no ${script}`, {
        hint: '`scriptsOf` lists the scripts that there are',
      });
    return {
      call: { ...common, path: `${ADMIN_DIR}/info/${live.db.infoName(record!)}.${script}` },
      overlays: [],
    };
  };

  return {
    base,
    execute: (request, signal) =>
      inTurn(async () => {
        checkRequest(request);
        const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
        either.throwIfAborted();
        const { call, overlays } = await callOf(request);
        const { policy, timeoutSeconds } = request;
        const common = { stack, undoable: true, overlays, signal: either };
        const result = await runner.executeScript({ ...call, ...common, policy, timeoutSeconds });
        if (result.state === 'succeeded') await live.absorb(result.changes);
        return { number: runner.results.length - 1, result };
      }),
    undo: (number) =>
      inTurn(async () => {
        const undone = await runner.undo(runner.results[number]!);
        live = await openLiveDatabase(stack, architecture);
        return undone;
      }),
    keep: () => inTurn(async () => runner.settle()),
    readFile: (path) => inTurn(async () => stack.tree.read(await stack.tree.resolve(checkedPath(path)))),
    scriptsOf: (name) =>
      inTurn(async () => {
        const record = requireRecord(name);
        return SCRIPT_NAMES.filter((script) => live.db.hasInfo(record, script));
      }),
    async close() {
      closing.abort(new AptOstreeError('ERR_CLOSED', 'the scripts were closed before'));
      await last;
      await stack[Symbol.asyncDispose]();
    },
  };
}

function checkRequest({ package: name, script, text }: ScriptExecution): void {
  if (!/^[a-z0-9][a-z0-9+.-]*(?::[a-z0-9-]+)?$/.test(name))
    throw new AptOstreeError('ERR_USAGE', `"${name}" is no name of a package`);
  if (!SCRIPT_NAMES.includes(script))
    throw new AptOstreeError('ERR_USAGE', `"${script}" is no maintainer script`, {
      hint: `they are ${SCRIPT_NAMES.join(', ')}`,
    });
  if (text !== undefined && !text.startsWith('#!'))
    throw new AptOstreeError('ERR_USAGE', 'the text of a script begins with #! and its interpreter');
}

function checkedPath(path: string): string {
  if (path.startsWith('/') && posix.normalize(path) === path && !path.endsWith('/')) return path;
  throw new AptOstreeError('ERR_USAGE', `"${path}" is no absolute path of a file`);
}

/** As dpkg calls it on a version that is there, or with an empty version on one that comes. */
function defaultArguments(script: ScriptName, version: string): string[] {
  switch (script) {
    case 'postinst':
      return callArguments({ kind: 'configure', configured: version }, script);
    case 'preinst':
      return version === ''
        ? callArguments({ kind: 'install', version, leftover: null }, script)
        : callArguments({ kind: 'upgrade', from: version, to: version }, script);
    default:
      return callArguments({ kind: 'remove', inFavourOf: null }, script);
  }
}

async function writeScript(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  for (let at = file; at.length >= folder.length; at = join(at, '..')) await chmod(at, 0o755);
}
