import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Treefile } from '../../compose/treefile.ts';
import type { PlanOperation, ResolvedPackage, Solution } from '../../resolution/plan.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { sourceDateEpoch } from './source-date.ts';

/**
 * Digest of all inputs of a compose but the accounts that it starts with and the scripts that it may go without,
 * which `current.ts` adds: equal inputs mean an equal tree, so nothing has to be built to know that nothing changed.
 */
export async function inputsDigest(
  base: string | null,
  treefile: Treefile | null,
  solutions: (Solution | null)[],
): Promise<string> {
  const hash = createHash('sha256');
  const plans = solutions.map(
    (s) =>
      s && {
        packages: s.install.map(identity),
        remove: s.remove,
        operations: s.operations.map(step),
        auto: [...s.auto].sort(),
      },
  );
  hash.update(
    JSON.stringify({
      engine: ENGINE_VERSION,
      epoch: sourceDateEpoch(),
      base,
      plans,
      treefile: treefile && content(treefile),
    }),
  );
  for (const { source } of treefile?.addFiles ?? []) hash.update(await readFile(source));
  return hash.digest('hex');
}

function identity({ name, version, architecture, sha256 }: ResolvedPackage): string {
  return `${name} ${version} ${architecture} ${sha256}`;
}

function step({ kind, name, architecture }: PlanOperation): string {
  return `${kind} ${name}:${architecture}`;
}

/** What of a treefile decides the tree; where packages come from does not, once their hashes are known. */
function content(t: Treefile): unknown {
  const {
    files: _files,
    repos: _repos,
    packages: _packages,
    addFiles,
    preserveAccounts: _accounts,
    ...rest
  } = t;
  return { ...rest, addFiles: addFiles.map(({ target }) => target) };
}
