import { type ConfigureOptions, runConfigureQueue } from '../dpkg/configure-queue.ts';
import { compareStates, recordKey } from '../dpkg/record.ts';
import type { PackageRecord } from '../dpkg/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { PlanOperation } from '../resolution/plan.ts';
import { layOutFirst } from './bootstrap.ts';
import { configurePackage, processTriggers } from './configure.ts';
import { withConfiguredFilter } from './configured-filter.ts';
import type { Incoming } from './incoming.ts';
import { removePackage } from './remove.ts';
import type { LayeringContext } from './transaction.ts';
import { unpackPackage } from './unpack.ts';

/** Packages to bring in, by `name:architecture`. */
export type IncomingPackages = ReadonlyMap<string, Incoming>;

/**
 * The first packages of an empty tree, as `dpkg --install --force-depends` of all of them does it: every payload is
 * laid out, each package is unpacked over it, then all are configured in the order of unpacking.
 */
export async function bootstrap(
  ctx: LayeringContext,
  order: string[],
  packages: IncomingPackages,
): Promise<void> {
  const first = order.map((key) => incomingOf(packages, key));
  await layOutFirst(ctx.tree, first, (change) => ctx.stack.push({ kind: 'base' }, [change]));
  const call = await withConfiguredFilter(ctx);
  for (const incoming of first) await unpackPackage(call, incoming);
  await configureQueue(ctx, order, {
    mode: 'list',
    forceDepends: true,
    triggersEnabled: true,
    continues: true,
  });
}

/** Carries out operations in libapt-pkg's order: runs of unpacks and early configures, then everything that is left. */
export async function layerPackages(
  ctx: LayeringContext,
  operations: PlanOperation[],
  packages: IncomingPackages,
): Promise<void> {
  for (let i = 0; i < operations.length; ) {
    const { kind } = operations[i]!;
    const run: PlanOperation[] = [];
    while (i < operations.length && operations[i]!.kind === kind) run.push(operations[i++]!);
    if (kind === 'configure') {
      const todo = run
        .map((op) => recordOf(ctx, op))
        .filter((r) => compareStates(r.state, 'triggers-awaited') < 0)
        .map(recordKey);
      await configureQueue(ctx, todo, { mode: 'list', forceDepends: false, triggersEnabled: false });
      continue;
    }
    // Each run is one call of dpkg for apt, which reads configuration and database anew.
    ctx.live.db.reopen();
    const call = await withConfiguredFilter(ctx);
    for (const op of run) {
      if (kind === 'unpack') await unpackPackage(call, incomingOf(packages, `${op.name}:${op.architecture}`));
      else await removePackage(ctx, recordOf(ctx, op), kind === 'purge' ? 'purge' : 'deinstall');
    }
  }
  await configureQueue(ctx, [], { mode: 'pending', forceDepends: false, triggersEnabled: true });
}

async function configureQueue(
  ctx: LayeringContext,
  todo: string[],
  options: Omit<ConfigureOptions, 'configure' | 'processTriggers'>,
): Promise<void> {
  await runConfigureQueue(ctx.live.db, todo, {
    ...options,
    configure: (record) => configurePackage(ctx, record),
    processTriggers: (record, triggers) => processTriggers(ctx, record, triggers),
  });
}

function incomingOf(packages: IncomingPackages, key: string): Incoming {
  const found = packages.get(key);
  if (!found) throw new AptOstreeError('ERR_INTERNAL', `package ${key} is in the plan, but was not imported`);
  return found;
}

function recordOf(ctx: LayeringContext, op: PlanOperation): PackageRecord {
  const { db } = ctx.live;
  const found = db.get(op.name, op.architecture) ?? db.get(op.name);
  if (!found)
    throw new AptOstreeError(
      'ERR_DPKG_DATABASE',
      `package ${op.name}:${op.architecture} is not in the database`,
    );
  return found;
}
