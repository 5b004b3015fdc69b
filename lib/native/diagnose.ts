import { readFileSync } from 'node:fs';

interface Library {
  soname: string;
  /** The Debian package that has it. */
  package: string;
  reason: string;
}

export interface LoadFailure {
  file: string;
  /** What dlopen said. */
  message: string;
}

export interface Diagnosis {
  /** Continues "apt.node could not be loaded: ". */
  problem: string;
  hint: string;
  /** Sonames that this system lacks. */
  missing: string[];
}

const REBUILD =
  'or build for this system: apt-get install g++ make python3 pkg-config libostree-dev libapt-pkg-dev libssl-dev ' +
  'liblzma-dev zlib1g-dev libzstd-dev, then npm rebuild apt-ostree --build-from-source (scripts/setup in a checkout)';

/** Says from dlopen's words what is wrong with each file that was tried, and what to install. */
export function diagnoseLoad(failures: LoadFailure[]): Diagnosis {
  const missing = [...new Set(failures.flatMap(({ message }) => missingLibrary(message) ?? []))];
  if (missing.length > 0) return { ...lacking(missing), missing };
  const first = failures[0];
  if (!first)
    return { problem: 'it has not been built', hint: REBUILD.replace('or build', 'build'), missing };
  const version = /version [`']?([\w.]+)'? not found/.exec(first.message)?.[1];
  const problem = version
    ? `${first.file} was built for a newer system (${version} is not here)`
    : first.message;
  return { problem, hint: REBUILD.replace('or build', 'build'), missing };
}

function missingLibrary(message: string): string | undefined {
  return /(?:^|\s)(\S+\.so[\d.]*): cannot open shared object file/.exec(message)?.[1];
}

function lacking(missing: string[]): { problem: string; hint: string } {
  const rows = JSON.parse(readFileSync(new URL('./libraries.json', import.meta.url), 'utf8')) as Library[];
  const packages = missing.flatMap((soname) => rows.find((row) => row.soname === soname)?.package ?? []);
  const install = packages.length > 0 ? `apt-get install ${[...new Set(packages)].join(' ')}, ` : '';
  return {
    problem: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    hint: install ? install + REBUILD : REBUILD.replace('or build', 'build'),
  };
}
