import { readData } from './data.ts';

/** One subtree that stands at another place in an OSTree tree than in a plain Debian tree. */
export interface LayoutMove {
  plain: string;
  ostree: string;
}

/**
 * A row of `moves.json`. `database`: state about /usr, linked from /var at run time. `state`: a directory of the host,
 * reached through `link`. `payload`: shipped content below a directory of the host. `defaults`: /etc. `factory`: /var.
 */
export interface MoveRow extends LayoutMove {
  kind: 'database' | 'state' | 'payload' | 'defaults' | 'factory';
  /** Target of the symlink that stands at `plain` in the OSTree tree. */
  link?: string;
  /** Where that symlink leads on a running host. */
  state?: string;
  /** Mode of the directory where the plain tree has none. */
  mode?: number;
  reason: string;
}

/** In the order in which a plain tree is laid out; the reverse order gives the plain tree back. */
export const MOVE_ROWS: readonly MoveRow[] = readData<MoveRow[]>('moves.json');

/** Homes of the dpkg database in trees that other tools have composed, the usual one first. */
export const FOREIGN_DATABASES = [
  '/usr/share/dpkg/database',
  '/usr/rootdirs/var/lib/dpkg',
  '/usr/lib/dpkg-db',
];

const BOOT_FILES = ['vmlinuz', 'config', 'System.map'];

/**
 * The whole table. Later rows may lie inside the target of an earlier one (/home inside /var), so order matters:
 * apply it forwards to lay a plain tree out, backwards and swapped to get the plain tree back.
 */
export function layoutMoves(kernelVersions: readonly string[]): LayoutMove[] {
  const boot = kernelVersions.flatMap((version) =>
    BOOT_FILES.map((file) => ({
      plain: `/boot/${file}-${version}`,
      ostree: `/usr/lib/modules/${version}/${file}`,
    })),
  );
  return [...MOVE_ROWS.map(({ plain, ostree }) => ({ plain, ostree })), ...boot];
}

/** Translates a path by the move with the longest matching prefix; null where none matches. */
export function translate(path: string, moves: readonly { from: string; to: string }[]): string | null {
  let best: { from: string; to: string } | null = null;
  for (const move of moves) {
    if (
      (path === move.from || path.startsWith(`${move.from}/`)) &&
      (!best || move.from.length > best.from.length)
    )
      best = move;
  }
  return best && best.to + path.slice(best.from.length);
}

/** False for what a longer move takes out of the subtree that `plain` lies in. */
export function isInside(place: string, plain: string, moves: readonly LayoutMove[]): boolean {
  const back = moves.map(({ plain: to, ostree: from }) => ({ from, to }));
  return translate(place, back) === plain;
}
