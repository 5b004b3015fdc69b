import type { RunOptions } from '../../monitor/monitor.ts';
import { importDebs as importFiles } from '../../packages/import.ts';
import type { ImportOptions, SystemOptions } from '../requests.ts';
import type { ImportResult } from '../results.ts';
import { openWorkspace, requireRepo } from '../workspace.ts';

/** `import`: .debs become commits of the repository, all or none. */
export async function importDebs(
  system: SystemOptions,
  options: ImportOptions,
  run: RunOptions,
): Promise<ImportResult> {
  const started = performance.now();
  await using space = await openWorkspace(requireRepo(system), system, run);
  await using transaction = await space.repo.transaction();
  const imported = await importFiles(
    space.repo,
    options.files.map((file) => ({ file, sha256: null })),
    run,
  );
  const stats = await transaction.commit();
  for (const { ref } of imported) await space.publish(ref);
  const packages = imported.map(
    ({ name, version, architecture, sha256, ref, commit, cached, objectsWritten, bytesWritten, seconds }) => {
      return {
        name,
        version,
        architecture,
        sha256,
        ref,
        commit,
        cached,
        objectsWritten,
        bytesWritten,
        seconds,
      };
    },
  );
  return {
    packages,
    objects: { written: stats.objectsWritten, reused: stats.objectsReused },
    bytesWritten: stats.bytesWritten,
    seconds: (performance.now() - started) / 1000,
  };
}
