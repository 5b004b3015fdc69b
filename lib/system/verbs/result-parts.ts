import { compareVersions } from '../../dpkg/version.ts';
import type { RemovedPackage, ResolvedPackage } from '../../resolution/plan.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import type { PackageAction, ScriptRun } from '../results.ts';

export function actionsOf(install: ResolvedPackage[], remove: RemovedPackage[] = []): PackageAction[] {
  return [
    ...install.map(({ name, version, architecture, sha256, replaces }): PackageAction => {
      const action =
        replaces === null ? 'install' : compareVersions(replaces, version) > 0 ? 'downgrade' : 'upgrade';
      return { name, version, architecture, sha256, action };
    }),
    ...remove.map(
      ({ name, version, architecture }): PackageAction => ({
        name,
        version,
        architecture,
        sha256: '',
        action: 'remove',
      }),
    ),
  ];
}

export function scriptRunsOf(results: readonly ScriptResult[]): ScriptRun[] {
  return results.map(({ package: name, script, args, state, exit, seconds, changes }) => {
    return {
      package: name,
      script,
      args,
      state,
      exit,
      seconds,
      cached: false,
      changed: changes.map((c) => c.path),
    };
  });
}
