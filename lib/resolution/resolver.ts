import type { RunOptions } from '../monitor/monitor.ts';
import { type AptHost, openAptHost } from './apt-host.ts';
import { buildGraph, cyclesOf, type DependencyGraph, layeringOrder, levelsOf } from './graph.ts';
import type { AptTarget, ResolveRequest, Solution } from './plan.ts';
import { applicablePreferences, loadPreferences, type Preference } from './preferences.ts';

/** A plan with what the graph of its packages says. Ids are `packageId`s. */
export interface ResolvedDependencies {
  solution: Solution;
  graph: DependencyGraph;
  /** Level 0 needs nothing of the plan. */
  levels: string[][];
  cycles: string[][];
  /** Every package after what it needs. Not libapt-pkg's sequence: that is `solution.operations`. */
  order: string[];
}

/** Turns requests into plans. Owns its apt host; close it when done. */
export class DependencyResolver implements AsyncDisposable {
  readonly host: AptHost;
  readonly #target: AptTarget;
  readonly #preferences: Preference[];

  private constructor(target: AptTarget, host: AptHost, preferences: Preference[]) {
    this.#target = target;
    this.host = host;
    this.#preferences = preferences;
  }

  /** @throws ERR_APT_HOST */
  static async open(target: AptTarget, options: RunOptions = {}): Promise<DependencyResolver> {
    const preferences = await loadPreferences();
    return new DependencyResolver(target, await openAptHost(target, options), preferences);
  }

  /**
   * Refreshes the lists where they are too old, and solves the request.
   *
   * @throws ERR_APT_FETCH, ERR_APT_UNTRUSTED, ERR_APT_UNKNOWN_PACKAGE, ERR_APT_UNRESOLVABLE, ERR_LOCKFILE, ERR_USAGE
   */
  async resolve(request: ResolveRequest, options: RunOptions = {}): Promise<ResolvedDependencies> {
    await this.host.refresh(options);
    return describeSolution(await this.#solve(request, options), this.#target.architecture);
  }

  async #solve(request: ResolveRequest, options: RunOptions): Promise<Solution> {
    const solution = await this.host.resolve(request, options);
    const rows = applicablePreferences(this.#preferences, { target: this.#target, request, solution });
    if (rows.length === 0) return solution;
    const preferred = new Map(rows.map((row) => [row.package, row]));
    const better = await this.host.resolve(
      { ...request, install: [...request.install, ...preferred.keys()] },
      options,
    );
    const install = better.install.map((item) => {
      const row = preferred.get(item.name);
      return row === undefined ? item : { ...item, reason: `preferred to ${row.insteadOf}` };
    });
    return { ...better, install };
  }

  close(): Promise<void> {
    return this.host.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** `architecture`: the native one. */
export function describeSolution(solution: Solution, architecture: string): ResolvedDependencies {
  const graph = buildGraph(solution.install, architecture);
  return { solution, graph, levels: levelsOf(graph), cycles: cyclesOf(graph), order: layeringOrder(graph) };
}
