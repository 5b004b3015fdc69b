import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Treefile } from '../../compose/treefile.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import type { AptHost } from '../../resolution/apt-host.ts';
import type { ResolvedPackage, ResolveRequest, Solution } from '../../resolution/plan.ts';
import { DependencyResolver } from '../../resolution/resolver.ts';
import { emptyTarget } from './apt-target.ts';

/** What a compose from nothing brings in. */
export interface ComposePlan {
  /**
   * The Essential packages with what they need, which no package could run its scripts without; null: none wanted.
   * apt has no marks for them: it is not there yet when they are installed.
   */
  bootstrap: Solution | null;
  /** All others, solved as apt does on a system that has the first ones. */
  rest: Solution;
  packages: ResolvedPackage[];
}

export interface PlanTools extends AsyncDisposable {
  plan: ComposePlan;
  /** Fetches the plan's packages. */
  host: AptHost;
}

const REQUEST: ResolveRequest = {
  install: [],
  remove: [],
  upgrade: false,
  essential: false,
  exclude: [],
  locked: null,
};

/**
 * Solves a treefile in the two steps in which a Debian system is made: first what is essential, then the rest.
 * `work` is a private folder of the transaction.
 */
export async function planCompose(
  treefile: Treefile,
  { aptDir, work }: { aptDir: string; work: string },
  locked: Record<string, string> | null,
  run: RunOptions,
): Promise<PlanTools> {
  const { repos, architecture, recommends } = treefile;
  const target = emptyTarget({ aptDir, repos, architecture, recommends });
  const common = { ...REQUEST, exclude: treefile.excludePackages, locked };
  const first = await DependencyResolver.open(target, run);
  try {
    if (!treefile.essential) {
      const { solution } = await first.resolve({ ...common, install: treefile.packages });
      return tools(
        { bootstrap: solution, rest: { ...nothing, auto: solution.auto }, packages: solution.install },
        first,
      );
    }
    const { solution: bootstrap } = await first.resolve({ ...common, essential: true });
    if (treefile.packages.length === 0)
      return tools({ bootstrap, rest: nothing, packages: bootstrap.install }, first);
    const status = join(work, 'bootstrap-status');
    await writeFile(status, statusOf(bootstrap.install));
    await first.close();
    // The lists were refreshed a moment ago, and must not change between the two steps.
    const second = await DependencyResolver.open(
      { ...target, status, maxAge: Number.POSITIVE_INFINITY },
      run,
    );
    try {
      const { solution: rest } = await second.resolve({ ...common, install: treefile.packages });
      if (rest.remove.length > 0)
        throw new AptOstreeError(
          'ERR_APT_UNRESOLVABLE',
          `the packages cannot stand beside the essential ${rest.remove[0]!.name}`,
          {
            details: rest.remove,
          },
        );
      return tools({ bootstrap, rest, packages: [...bootstrap.install, ...rest.install] }, second);
    } catch (error) {
      await second.close();
      throw error;
    }
  } catch (error) {
    await first.close();
    throw error;
  }
}

/** What of a plan decides the tree: of the essential packages apt's marks are not kept. */
export function composeInputs({ bootstrap, rest }: ComposePlan): (Solution | null)[] {
  return [bootstrap && { ...bootstrap, auto: [] }, rest];
}

const nothing: Solution = {
  install: [],
  remove: [],
  operations: [],
  auto: [],
  downloadSize: 0,
  installedSize: 0,
};

function tools(plan: ComposePlan, resolver: DependencyResolver): PlanTools {
  return { plan, host: resolver.host, [Symbol.asyncDispose]: () => resolver.close() };
}

/** A status file as it will be when these packages are installed: as much of it as solving needs. */
function statusOf(packages: ResolvedPackage[]): string {
  return packages
    .map((p) => {
      const fields: [string, string][] = [
        ['Package', p.name],
        ['Status', 'install ok installed'],
        ['Priority', p.priority],
        ['Section', p.section],
        ['Installed-Size', String(Math.round(p.installedSize / 1024))],
        ['Architecture', p.architecture],
        ['Version', p.version],
        ...Object.entries(p.relations),
      ];
      if (p.essential) fields.push(['Essential', 'yes']);
      if (p.multiArch && p.multiArch !== 'no') fields.push(['Multi-Arch', p.multiArch]);
      fields.push(['Description', p.name]);
      return fields
        .filter(([, value]) => value !== '')
        .map(([name, value]) => `${name}: ${value}\n`)
        .join('');
    })
    .join('\n');
}
