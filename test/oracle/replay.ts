import type { Incoming } from '../../lib/assembly/incoming.ts';
import type { DpkgDatabase } from '../../lib/dpkg/database.ts';
import { AptOstreeError } from '../../lib/errors/error.ts';
import type { State, Step, Trace } from './dpkg-trace.ts';
import { type Call, callOf } from './replay-call.ts';
import { compareScene } from './replay-compare.ts';
import { perform } from './replay-perform.ts';
import { ADMIN_DIR, Impossible, openScene, type Scene, type Stage } from './replay-stage.ts';

/**
 * - `equal`, `different`: dpkg succeeded, and our tree and database are its or are not.
 * - `failed`: dpkg succeeded, and the engine refused.
 * - `refused`: dpkg refused, and the engine did too.
 * - `planned`: dpkg refused what libapt-pkg never plans, so that the engine need not look.
 * - `outside`: the engine has no counterpart for the call, or no tree of ours can be in its state.
 */
export type Outcome = 'equal' | 'different' | 'failed' | 'refused' | 'planned' | 'outside';

export interface Replayed {
  step: Step;
  outcome: Outcome;
  /** Why there is nothing to compare: a code of the engine's, dpkg's words, or what has no counterpart. */
  reason: string;
  /** In what the results differ. */
  details: string[];
}

interface Play {
  stage: Stage;
  trace: Trace;
  step: Step;
}

/** Does the steps of one test with the engine. Each starts from the state that dpkg had, so that one is one finding. */
export async function replayTest(stage: Stage, trace: Trace, test: string): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (const step of trace.steps.filter((candidate) => candidate.test === test))
    results.push(await replayStep({ stage, trace, step }));
  return results;
}

async function replayStep(play: Play): Promise<Replayed> {
  const { stage, trace, step } = play;
  const call = callOf(step);
  const refusing = step.status !== 0;
  const outside = (reason: string): Replayed => ({ step, outcome: 'outside', reason, details: [] });
  if (call.kind === 'outside') return outside(call.reason);
  const packages = Object.values(step.debs).map((sha256) => stage.packages.get(sha256)!);
  const unread = packages.find((found) => typeof found === 'string');
  if (unread !== undefined)
    return refusing
      ? { step, outcome: 'refused', reason: unread, details: [] }
      : outside(`the import refuses the package: ${unread}`);
  let scene: Scene;
  try {
    scene = await openScene(stage, trace, withoutAdminDir(step, await trace.state(step.before)));
  } catch (error) {
    if (error instanceof Impossible) return outside(error.message);
    return answer(step, error);
  }
  await using _scene = scene;
  if (await namesNote(play, call)) return outside('selections of a package that is not there');
  try {
    await carryOut(scene, call, packages as Incoming[], step);
  } catch (error) {
    return answer(step, error);
  }
  if (refusing) return { step, outcome: 'planned', reason: dpkgWords(step), details: [] };
  const details = await compareScene(
    stage,
    trace,
    scene,
    withoutAdminDir(step, await trace.state(step.after)),
  );
  return { step, outcome: details.length === 0 ? 'equal' : 'different', reason: '', details };
}

/**
 * Whether a call names what a failed unpack left a note of: dpkg keeps that in its status file until it writes it the
 * next time, and a transaction of ours leaves no such note.
 */
async function namesNote({ trace, step }: Play, call: Call): Promise<boolean> {
  const status = (await trace.state(step.before)).database.find(({ path }) => path === '/status');
  if (!status?.content || (call.kind !== 'tool' && call.kind !== 'purge')) return false;
  const text = (await trace.blob(status.content)).toString();
  const want = call.kind === 'tool' ? '\\w+' : 'purge';
  const noted = [...text.matchAll(new RegExp(`^Package: (.*)\\nStatus: ${want} ok not-installed$`, 'gm'))];
  const names = call.kind === 'tool' ? (call.input ?? '').split(/\s+/) : call.names;
  return noted.some(([, name]) => names.includes(name!));
}

async function carryOut(scene: Scene, call: Call, packages: Incoming[], step: Step): Promise<void> {
  if (call.kind === 'tool') await scene.runTool(call.argv, call.input);
  else if (call.kind === 'query') compareAnswer(scene.context.live.db, step);
  else if (call.kind !== 'outside') await perform(scene.context, call, packages);
}

/** The only question of the suite that is one itself: name, architecture and version of all there is. */
function compareAnswer(db: DpkgDatabase, { output }: Step): void {
  const lines = db
    .all()
    .filter(({ state }) => state !== 'not-installed')
    .map(({ name, architecture, version }) => `${name}:${architecture}:${version}`);
  if (lines.join('') !== output) throw new Error(`read ${lines.join(' ')}, not ${output}`);
}

function answer(step: Step, error: unknown): Replayed {
  const known = AptOstreeError.is(error);
  if (step.status !== 0 && known) return { step, outcome: 'refused', reason: error.code, details: [] };
  return { step, outcome: 'failed', reason: '', details: [(error as Error).message] };
}

/** The line of dpkg's that says why. */
function dpkgWords({ errors }: Step): string {
  const lines = errors.split('\n').filter((line) => line !== '');
  return (lines.find((line) => /^dpkg: (error|.*problems|regarding)/.test(line)) ?? lines[0] ?? '').trim();
}

/** Some tests keep the database in the root, as --root does; it is not a part of the tree then. */
function withoutAdminDir({ args }: Step, state: State): State {
  const value = (name: string) => args.findLast((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? '';
  if (value('admindir') !== `${value('instdir')}${ADMIN_DIR}`) return state;
  const tree = state.tree.filter(({ path }) => path !== ADMIN_DIR && !path.startsWith(`${ADMIN_DIR}/`));
  return { ...state, tree };
}
