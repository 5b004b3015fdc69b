import { configurePackage, processTriggers } from '../../lib/assembly/configure.ts';
import type { Incoming } from '../../lib/assembly/incoming.ts';
import { removePackage } from '../../lib/assembly/remove.ts';
import type { LayeringContext } from '../../lib/assembly/transaction.ts';
import { unpackPackage } from '../../lib/assembly/unpack.ts';
import { runConfigureQueue } from '../../lib/dpkg/configure-queue.ts';
import { recordKey } from '../../lib/dpkg/record.ts';
import type { Step, Trace } from './dpkg-trace.ts';
import { compareScene } from './replay-compare.ts';
import { openScene, type Scene, type Stage } from './replay-stage.ts';

/**
 * - `equal`, `different`: dpkg succeeded, and our tree and database are its or are not.
 * - `failed`: dpkg succeeded, and the engine refused.
 * - `refused`: dpkg refused, so there is no result to compare; what it refuses is libapt-pkg's to refuse here.
 * - `outside`: an option or a tool that the engine has no counterpart for.
 */
export type Outcome = 'equal' | 'different' | 'failed' | 'refused' | 'outside';

export interface Replayed {
  step: Step;
  outcome: Outcome;
  details: string[];
}

interface Operation {
  kind: 'install' | 'unpack' | 'configure' | 'pending' | 'remove' | 'purge';
  names: string[];
  triggers: boolean;
  forceDepends: boolean;
}

const KINDS: Record<string, Operation['kind']> = {
  '-i': 'install',
  '--install': 'install',
  '--unpack': 'unpack',
  '--configure': 'configure',
  '-r': 'remove',
  '--remove': 'remove',
  '-P': 'purge',
  '--purge': 'purge',
};

/** Options that all tests give, or that change nothing in what is compared. */
const NEUTRAL =
  /^--(admindir=|instdir=|log=|no-debsig$|force-(script-chrootless|not-root|unsafe-io)$|triggers$)|^-(D|B$)|^--auto-deconfigure$/;

/** What a call of dpkg asks for; null when it asks for something that the engine never does. */
function operationOf({ tool, args }: Step): Operation | null {
  if (tool !== 'dpkg') return null;
  const operation: Operation = { kind: 'install', names: [], triggers: true, forceDepends: false };
  let found = false;
  for (const arg of args) {
    const kind = KINDS[arg];
    if (kind) {
      operation.kind = kind;
      found = true;
    } else if (arg === '-a' || arg === '--pending') {
      if (operation.kind !== 'configure') return null;
      operation.kind = 'pending';
    } else if (arg === '--no-triggers') operation.triggers = false;
    else if (arg === '--force-depends') operation.forceDepends = true;
    else if (!arg.startsWith('-')) operation.names.push(arg);
    else if (!NEUTRAL.test(arg)) return null;
  }
  return found ? operation : null;
}

async function perform(context: LayeringContext, operation: Operation, packages: Incoming[]): Promise<void> {
  const { db } = context.live;
  const { kind, names, triggers, forceDepends } = operation;
  // dpkg warns of a package that is not there, and goes on.
  const known = names.flatMap((name) => {
    const [plain, architecture] = name.split(':');
    return db.get(plain!, architecture) ?? [];
  });
  if (kind === 'install' || kind === 'unpack')
    for (const incoming of packages) await unpackPackage(context, incoming);
  if (kind === 'remove' || kind === 'purge')
    for (const record of known)
      await removePackage(context, record, kind === 'purge' ? 'purge' : 'deinstall');
  const todo =
    kind === 'install'
      ? // One of them may have disappeared into another.
        packages
          .flatMap(({ name, architecture }) => db.get(name, architecture) ?? db.get(name) ?? [])
          .map(recordKey)
      : kind === 'configure'
        ? known.map(recordKey)
        : [];
  await runConfigureQueue(db, todo, {
    mode: kind === 'pending' ? 'pending' : 'list',
    forceDepends,
    triggersEnabled: triggers,
    configure: (found) => configurePackage(context, found),
    processTriggers: (found, pending) => processTriggers(context, found, pending),
  });
}

/** Some tests keep the database in the root, as --root does: there is no second place for it on our stage. */
function ownRoot({ args }: Step): boolean {
  const value = (name: string) => args.findLast((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? '';
  return value('admindir').startsWith(`${value('instdir')}/`);
}

/** Does the steps of one test with the engine. Each starts from the state that dpkg had, so that one is one finding. */
export async function replayTest(stage: Stage, trace: Trace, test: string): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (const step of trace.steps.filter((candidate) => candidate.test === test)) {
    const operation = operationOf(step);
    const packages = Object.values(step.debs).map((sha256) => stage.packages.get(sha256) ?? null);
    if (step.status !== 0) results.push({ step, outcome: 'refused', details: [] });
    else if (!operation || packages.includes(null) || ownRoot(step))
      results.push({ step, outcome: 'outside', details: [] });
    else results.push(await replayStep({ stage, trace, step }, operation, packages as Incoming[]));
  }
  return results;
}

async function replayStep(
  { stage, trace, step }: { stage: Stage; trace: Trace; step: Step },
  operation: Operation,
  packages: Incoming[],
): Promise<Replayed> {
  let scene: Scene;
  try {
    scene = await openScene(stage, trace, await trace.state(step.before));
  } catch (error) {
    return { step, outcome: 'outside', details: [(error as Error).message] };
  }
  await using _scene = scene;
  if (operation.kind === 'remove' || operation.kind === 'purge') {
    const { db } = scene.context.live;
    const present = operation.names.every(
      (name) => (db.get(name.split(':')[0]!)?.state ?? 'not-installed') !== 'not-installed',
    );
    // What dpkg notes about a package that is not there is left of an unpack that failed; no tree of ours has that.
    if (!present) return { step, outcome: 'outside', details: [] };
  }
  try {
    await perform(scene.context, operation, packages);
  } catch (error) {
    return { step, outcome: 'failed', details: [(error as Error).message] };
  }
  const details = await compareScene(stage, trace, scene, await trace.state(step.after));
  return { step, outcome: details.length === 0 ? 'equal' : 'different', details };
}
