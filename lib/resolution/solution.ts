import { AptOstreeError } from '../errors/error.ts';
import type { RawPackage, RawSolution } from '../native/apt.ts';
import { fileSha256 } from './file-hash.ts';
import type { ResolvedPackage, ResolveRequest, Solution } from './plan.ts';
import { withReasons } from './reasons.ts';

/**
 * Makes the plan of what libapt-pkg found: reasons in words, hashes of local files, the lock obeyed.
 *
 * @throws ERR_LOCKFILE when the plan is not what the lock says.
 */
export async function completeSolution(
  raw: RawSolution,
  request: ResolveRequest,
  architecture: string,
): Promise<Solution> {
  const packages = (await Promise.all(raw.install.map(toPackage))).sort(byName);
  if (request.locked !== null) requireLocked(packages, request.locked, architecture);
  return {
    install: withReasons(packages, architecture),
    remove: raw.remove.map((item) => ({ ...item, reason: item.reason || 'in the way of what is installed' })),
    operations: raw.operations,
    auto: raw.auto,
    downloadSize: raw.downloadSize,
    installedSize: raw.installedSize,
  };
}

function byName(a: ResolvedPackage, b: ResolvedPackage): number {
  const [left, right] = [`${a.name} ${a.architecture}`, `${b.name} ${b.architecture}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

async function toPackage({ local, ...item }: RawPackage): Promise<ResolvedPackage> {
  return local ? { ...item, sha256: await fileSha256(item.filename) } : item;
}

function requireLocked(
  packages: ResolvedPackage[],
  locked: Record<string, string>,
  architecture: string,
): void {
  const version = ({ name, architecture: own }: ResolvedPackage) =>
    locked[`${name}:${own}`] ?? (own === 'all' ? locked[`${name}:${architecture}`] : undefined);
  const wrong = packages.filter((item) => version(item) !== item.version);
  if (wrong.length === 0) return;
  const list = wrong.map((item) => `${item.name} ${item.version}`);
  throw new AptOstreeError(
    'ERR_LOCKFILE',
    `the lock does not hold what would be installed: ${list.join(', ')}`,
    {
      hint: 'write the lockfile anew',
      details: wrong.map((item) => ({
        name: item.name,
        version: item.version,
        locked: version(item) ?? null,
      })),
    },
  );
}
