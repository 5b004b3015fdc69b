import type { AptTarget, ResolvedPackage, ResolveRequest } from '../../lib/resolution/plan.ts';
import { run } from '../helpers/run.ts';

export const nativeArchitecture = (await run('dpkg', ['--print-architecture'])).trim();

/** A target whose tree is empty, with its private folder at `dir`. */
export function aptTarget(dir: string, changes: Partial<AptTarget> = {}): AptTarget {
  return {
    dir,
    repos: 'host',
    architecture: nativeArchitecture,
    foreignArchitectures: [],
    status: null,
    extendedStates: null,
    preferences: '',
    recommends: false,
    maxAge: 0,
    ...changes,
  };
}

export function request(install: string[], changes: Partial<ResolveRequest> = {}): ResolveRequest {
  return { install, remove: [], upgrade: false, essential: false, exclude: [], locked: null, ...changes };
}

/** A package of a plan made by hand; `relations` may be given by field name. */
export function plannedPackage(name: string, changes: Partial<ResolvedPackage> = {}): ResolvedPackage {
  return {
    name,
    version: '1.0',
    architecture: 'amd64',
    replaces: null,
    auto: true,
    reason: '',
    essential: false,
    multiArch: '',
    priority: 'optional',
    section: 'misc',
    source: name,
    filename: `pool/${name}.deb`,
    sha256: '',
    size: 1,
    installedSize: 1,
    relations: {},
    ...changes,
  };
}
