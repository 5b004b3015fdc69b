import { NEW_CONFFILE } from './conffiles.ts';

export interface ConffilePolicy {
  /** Whose file wins where both the user and the package changed it. Default "user", as --force-confdef does. */
  conflict?: 'user' | 'package';
  /** Whether a file that the user removed comes back, as --force-confmiss does. */
  restoreMissing?: boolean;
}

export interface ConffileSituation {
  /** Hash in the database: of the file as it was distributed last, or "newconffile". */
  recorded: string;
  /** MD5 of what stands at the path; null where nothing does. */
  current: string | null;
  /** MD5 of the file of the new version, which stands beside it as `.dpkg-new`. */
  distributed: string;
}

/**
 * A step at the conffile's path with links followed; a suffix names the file beside it, "" the file itself.
 * `remove` and `replace` of what is not there do nothing.
 */
export type ConffileStep =
  | { op: 'remove'; suffix: string }
  /** Makes `to` another name of `from`. */
  | { op: 'link'; from: string; to: string }
  | { op: 'rename'; from: string; to: string };

export interface ConffileDecision {
  action: 'same' | 'keep' | 'keep-backup' | 'install' | 'install-backup';
  steps: ConffileStep[];
  /** Whether the path and its parents activate file triggers. */
  activates: boolean;
  /** Whether mode and owner of what stands there go to the new file first. */
  copiesPermissions: boolean;
  /** New hash in the database. */
  hash: string;
}

const REMOVE_NEW: ConffileStep = { op: 'remove', suffix: '.dpkg-new' };

/** What configuring does with one conffile, by dpkg's table. */
export function decideConffile(situation: ConffileSituation, policy: ConffilePolicy = {}): ConffileDecision {
  const action = choose(situation, policy);
  return {
    action,
    steps: steps(action, situation.current === null),
    activates: action !== 'same' && action !== 'keep',
    copiesPermissions: situation.current !== null,
    hash: situation.distributed,
  };
}

function choose(
  { recorded, current, distributed }: ConffileSituation,
  policy: ConffilePolicy,
): ConffileDecision['action'] {
  if (current === distributed) return 'same';
  const isNew = recorded === NEW_CONFFILE;
  if (current === null && (isNew || policy.restoreMissing)) return 'install';
  const userEdited = isNew || recorded !== current;
  const packageEdited = isNew || recorded !== distributed;
  if (!packageEdited) return 'keep';
  if (!userEdited) return 'install';
  return policy.conflict === 'package' ? 'install-backup' : 'keep-backup';
}

function steps(action: ConffileDecision['action'], missing: boolean): ConffileStep[] {
  switch (action) {
    case 'same':
    case 'keep':
      return [REMOVE_NEW];
    case 'keep-backup':
      return [
        { op: 'remove', suffix: '.dpkg-old' },
        { op: 'rename', from: '.dpkg-new', to: '.dpkg-dist' },
      ];
    case 'install':
      return [{ op: 'rename', from: '.dpkg-new', to: '' }];
    case 'install-backup':
      return [
        { op: 'remove', suffix: '.dpkg-dist' },
        { op: 'remove', suffix: '.dpkg-old' },
        ...(missing ? [] : [{ op: 'link', from: '', to: '.dpkg-old' } as const]),
        { op: 'rename', from: '.dpkg-new', to: '' },
      ];
  }
}

/**
 * What an upgrade does with a conffile of the flag remove-on-upgrade: an edited one is kept as `.dpkg-old`.
 *
 * @param situation hashes in the database and on disk; null where nothing stands there.
 * @param shared whether another package lists the path, so that it stays.
 */
export function decideRemoval(
  situation: Pick<ConffileSituation, 'recorded' | 'current'>,
  shared: boolean,
): ConffileStep[] {
  if (shared) return [];
  const stale: ConffileStep = { op: 'remove', suffix: '.dpkg-dist' };
  if (situation.current === null) return [stale];
  if (situation.current === situation.recorded) return [stale, { op: 'remove', suffix: '' }];
  return [stale, { op: 'rename', from: '', to: '.dpkg-old' }];
}
