import { availableParallelism } from 'node:os';
import type { Incoming } from '../../assembly/incoming.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { startTask } from '../../monitor/task.ts';
import { ostreeBinding } from '../../native/ostree.ts';
import type { Repo } from '../../native/repo.ts';
import type { ImportedDeb, WriteStats } from '../../native/types.ts';
import { fetchEach } from '../../packages/fetch.ts';
import { importDebs } from '../../packages/import.ts';
import { readManifest } from '../../packages/manifest.ts';
import type { AptHost, FetchedDeb } from '../../resolution/apt-host.ts';
import type { ResolvedPackage } from '../../resolution/plan.ts';
import type { StageClock } from '../stage-clock.ts';

/**
 * Brings packages into the repository, by `name:architecture`: what was imported before is not fetched again, and
 * each .deb is imported as soon as it is there, while others are still coming.
 */
export async function gatherPackages(
  repo: Repo,
  host: AptHost,
  packages: ResolvedPackage[],
  { clock, run }: { clock: StageClock; run: RunOptions },
): Promise<Map<string, Incoming>> {
  const commits = await importedBefore(repo);
  const missing = packages.filter((p) => !commits.has(p.sha256));
  if (missing.length > 0) {
    const started = performance.now();
    const { imported, stats } = await fetchAndImport(repo, host, missing, run);
    for (const { sha256, commit } of imported) commits.set(sha256, commit);
    clock.wrote(stats);
    // Both run at the same time: what importing took beyond its own work is the wait for files.
    const total = (performance.now() - started) / 1000;
    const busy = imported.reduce((sum, deb) => sum + deb.seconds, 0) / PARALLEL;
    clock.add('import', Math.min(busy, total));
    clock.add('fetch', Math.max(0, total - busy));
  }
  const incoming = new Map<string, Incoming>();
  for (const { name, version, architecture, sha256 } of packages) {
    const commit = commits.get(sha256)!;
    const manifest = await readManifest(repo, commit);
    incoming.set(`${name}:${architecture}`, { name, version, architecture, commit, manifest });
  }
  return incoming;
}

/** Decompression is what takes the time, and each import is one thread. */
const PARALLEL = Math.max(2, availableParallelism());

async function fetchAndImport(
  repo: Repo,
  host: AptHost,
  missing: ResolvedPackage[],
  run: RunOptions,
): Promise<{ imported: ImportedDeb[]; stats: WriteStats }> {
  await using transaction = await repo.transaction();
  const task = startTask(run.monitor, 'import', 'items', '', missing.length);
  const fetched: FetchedDeb[] = [];
  try {
    const imported = await fetchEach(
      host,
      missing,
      async (deb, signal) => {
        const [result] = await importDebs(repo, [deb], { signal });
        fetched.push(deb);
        task.update(fetched.length, missing.length, deb.package.name);
        return result!;
      },
      { ...run, parallel: PARALLEL },
    );
    const stats = await transaction.commit();
    // The repository has all of it now.
    await host.discard(fetched);
    return { imported, stats };
  } finally {
    task.end();
  }
}

/** Commits of the packages that are in the repository, by the SHA-256 of the .deb. */
async function importedBefore(repo: Repo): Promise<Map<string, string>> {
  const commits = new Map<string, string>();
  for (const [ref, commit] of Object.entries(await repo.listRefs('apt-ostree/deb'))) {
    const [, , sha256, importer] = ref.split('/');
    if (sha256 && importer === ostreeBinding().importerVersion) commits.set(sha256, commit);
  }
  return commits;
}
