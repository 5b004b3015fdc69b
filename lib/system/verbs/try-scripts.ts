import { openBase } from '../../assembly/base.ts';
import { layerPackages } from '../../assembly/package-layering-manager.ts';
import { loadTreefile } from '../../compose/treefile.ts';
import { AptOstreeError, type ErrorValue, firstError, toErrorValue } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import { readAccountsRecord } from '../accounts/rows.ts';
import { openLayerAssembler, planLayer } from '../build/layer.ts';
import { gatherPackages } from '../plan/gather.ts';
import type { SystemOptions, TryScriptsOptions } from '../requests.ts';
import type { TriedScript, TryScriptsResult } from '../results.ts';
import { startClock } from '../stage-clock.ts';
import { openWorkspace, requireRepo } from '../workspace.ts';
import { requireCommit } from './commit-of.ts';
import { actionsOf } from './result-parts.ts';

/** `try-scripts`: a layer is assembled and thrown away; only the imported packages stay, as a cache. */
export async function tryScripts(
  system: SystemOptions,
  options: TryScriptsOptions,
  run: RunOptions,
): Promise<TryScriptsResult> {
  const treefile = options.treefile === undefined ? null : await loadTreefile(options.treefile);
  await using space = await openWorkspace(requireRepo(system), system, run);
  const { repo, work } = space;
  const base = await openBase(repo, await requireCommit(repo, options.base), null);
  const settings = {
    aptDir: space.aptDir,
    work: work.dir,
    repos: treefile?.repos ?? 'host',
    recommends: treefile?.recommends ?? true,
  };
  const request = { install: options.install, remove: [] };
  await using tools = await planLayer(repo, base, request, settings, run);
  const { solution, host, architecture } = tools;
  const incoming = await gatherPackages(repo, host, solution.install, { clock: startClock(), run });
  const accounts = await readAccountsRecord(repo, base.commit);
  await using assembler = await openLayerAssembler(
    { repo, work: work.dir, base, architecture, solution, incoming, scripts: undefined, accounts },
    run,
  );
  let failure: ErrorValue | null = null;
  try {
    await layerPackages(assembler.context, solution.operations, incoming);
    await assembler.done();
  } catch (error) {
    // The log of the script that failed stays.
    failure = scriptFailure(error);
  }
  return {
    base: base.commit,
    packages: actionsOf(solution.install, solution.remove),
    scripts: assembler.scripts.results.map(tried),
    failure,
  };
}

/** A script that fails is what was asked about; any other error is one. */
function scriptFailure(error: unknown): ErrorValue {
  const first = firstError(error);
  if (AptOstreeError.is(first) && ['ERR_SCRIPT_FAILED', 'ERR_SCRIPT_TIMEOUT'].includes(first.code))
    return toErrorValue(first);
  throw error;
}

function tried(result: ScriptResult): TriedScript {
  const { package: name, version, script, args, state, exit, seconds, changes } = result;
  return { package: name, version, script, args, state, exit, seconds, changes };
}
