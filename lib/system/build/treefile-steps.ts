import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentOf } from '../../assembly/path.ts';
import type { LayerChange, LayerOrigin, RunRequest } from '../../assembly/types.ts';
import type { Treefile } from '../../compose/treefile.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { programEnvironment } from '../../scripts/environment.ts';
import type { FilesystemAssembler } from './assemble.ts';
import { recordLayer } from './record.ts';

/** Where a postprocess script lies while it runs. */
const SCRIPT = '/.postprocess';

/**
 * The treefile's own steps, after every package is configured: files, units, scripts.
 * @throws ERR_SCRIPT_FAILED for a postprocess script or a unit that cannot be enabled, ERR_TREEFILE for a missing file
 */
export async function applyTreefile(
  assembler: FilesystemAssembler,
  treefile: Treefile,
  run: RunOptions,
): Promise<void> {
  for (const { source, target } of treefile.addFiles) await addFile(assembler, source, target);
  const { stack } = assembler;
  stack.push(
    step('remove-files'),
    treefile.removeFiles.map((path): LayerChange => ({ op: 'remove', path })),
  );
  for (const unit of treefile.units)
    await runStep(assembler, `units: ${unit}`, ['systemctl', 'enable', unit], run);
  if (treefile.defaultTarget)
    await runStep(assembler, 'default-target', ['systemctl', 'set-default', treefile.defaultTarget], run);
  for (const [i, script] of treefile.postprocess.entries()) {
    const origin = step(`postprocess ${i + 1}`);
    stack.push(origin, [
      { op: 'write', path: SCRIPT, mode: 0o755, uid: 0, gid: 0, data: Buffer.from(script) },
    ]);
    await runStep(assembler, `postprocess ${i + 1}`, [SCRIPT], run);
    stack.push(origin, [{ op: 'remove', path: SCRIPT }]);
  }
}

function step(name: string): LayerOrigin {
  return { kind: 'treefile', step: name };
}

async function addFile(
  { stack, record }: FilesystemAssembler,
  source: string,
  target: string,
): Promise<void> {
  const stat = await lstat(source).catch(() => null);
  if (!stat?.isFile()) throw new AptOstreeError('ERR_TREEFILE', `add-files: ${source} is not a file`);
  const changes: LayerChange[] = [];
  const place = await stack.tree.resolve(target);
  for (let dir = parentOf(place); (await stack.tree.lookup(dir)) === null; dir = parentOf(dir))
    changes.unshift({ op: 'dir', path: dir, mode: 0o755, uid: 0, gid: 0 });
  changes.push({
    op: 'write',
    path: place,
    mode: stat.mode & 0o755,
    uid: 0,
    gid: 0,
    data: await readFile(source),
  });
  stack.push(step(`add-files ${target}`), changes);
  record.push({ origin: step(`add-files ${target}`), changes: changes.map((c) => ['added', c.path]) });
}

async function runStep(
  assembler: FilesystemAssembler,
  name: string,
  argv: string[],
  run: RunOptions,
): Promise<void> {
  run.signal?.throwIfAborted();
  const { stack, live } = assembler;
  live.write();
  const log = join(assembler.logs, `treefile-${name.replace(/[^\w.-]+/g, '-')}.log`);
  const request: RunRequest = {
    origin: step(name),
    argv,
    env: programEnvironment({ sourceDateEpoch: assembler.epoch }),
    timeoutSeconds: 1800,
    log,
    masks: await assembler.masks.select(async (path) => (await stack.tree.lookup(path)) !== null),
    signal: run.signal,
  };
  const { outcome, changes } = await stack.run(request);
  if (outcome.exit !== 0) {
    const how = outcome.timedOut
      ? 'ran too long'
      : outcome.exit === null
        ? `was ended by signal ${outcome.signal}`
        : `exited with ${outcome.exit}`;
    throw new AptOstreeError(
      'ERR_SCRIPT_FAILED',
      `treefile step "${name}" ${how}\n${outcome.tail.trimEnd()}`,
      {
        hint: 'the script runs as root in the finished tree, without network',
        details: { step: name, argv, outcome, changed: changes.map((c) => c.path) },
      },
    );
  }
  await live.absorb(changes);
  assembler.record.push(recordLayer(request.origin, changes));
}
