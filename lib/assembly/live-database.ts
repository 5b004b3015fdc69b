import { DATABASE_DIRECTORIES, DpkgDatabase } from '../dpkg/database.ts';
import { isOldInfo } from '../dpkg/info-format.ts';
import { AptOstreeError } from '../errors/error.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import { ancestorsOf, isBelow, parentOf } from './path.ts';
import type { FileMetadata, LayerChange, LayerStack, PathChange } from './types.ts';

/** Where dpkg keeps its database in a plain tree. */
export const ADMIN_DIR = '/var/lib/dpkg';

/**
 * The dpkg database of a stack: held in memory, written into the layer before each script, and read back where
 * the tools that a script calls (dpkg-divert, dpkg-trigger, ...) changed it.
 */
export interface LiveDatabase {
  readonly db: DpkgDatabase;
  /** Numbers of the accounts, as the last script left them. */
  accounts(): Promise<Accounts>;
  /** Puts what changed since the last call into the stack. */
  write(): void;
  /** Takes over what a script changed. */
  absorb(changes: readonly Pick<PathChange, 'path'>[]): Promise<void>;
  /** Tells sizes of content objects used as info files. */
  know(checksum: string, size: number): void;
}

export async function openLiveDatabase(stack: LayerStack, architecture: string): Promise<LiveDatabase> {
  const db = await loadDatabase(stack, architecture);
  const sizes = new Map<string, number>();
  let accounts: Accounts | null = null;
  return {
    db,
    async accounts() {
      accounts ??= await readAccounts(stack.tree);
      return accounts;
    },
    know(checksum, size) {
      sizes.set(checksum, size);
    },
    write() {
      const changes: LayerChange[] = [];
      for (const write of db.changes()) {
        const path = `${ADMIN_DIR}/${write.path}`;
        if ('remove' in write) changes.push({ op: 'remove', path });
        else if ('directory' in write) changes.push({ op: 'dir', path, mode: write.mode, uid: 0, gid: 0 });
        else if ('data' in write)
          changes.push({ op: 'write', path, mode: write.mode, uid: 0, gid: 0, data: write.data });
        else {
          const { mode, checksum } = write;
          const node: FileMetadata = {
            type: 'file',
            mode,
            uid: 0,
            gid: 0,
            size: sizes.get(checksum) ?? 0,
            checksum,
            from: '',
          };
          changes.push({ op: 'node', path, node });
        }
      }
      if (changes.length) stack.push({ kind: 'database' }, changes);
    },
    async absorb(changes) {
      for (const { path } of changes) {
        if (path === '/etc/passwd' || path === '/etc/group') accounts = null;
        if (!isBelow(path, ADMIN_DIR)) continue;
        const relative = path.slice(ADMIN_DIR.length + 1);
        const node = await stack.tree.lookup(path);
        if (node?.type === 'dir') continue;
        db.absorb(relative, await stack.tree.read(path));
      }
    },
  };
}

async function loadDatabase(stack: LayerStack, architecture: string): Promise<DpkgDatabase> {
  const status = await stack.tree.lookup(`${ADMIN_DIR}/status`);
  if (status === null) {
    await makeAdminDir(stack);
    return DpkgDatabase.empty(architecture);
  }
  const entries = (await stack.tree.list(ADMIN_DIR)).filter((e) => e.node.type === 'file');
  // Maintainer scripts and templates stay where they are; planning needs lists, triggers and the small tables.
  const old = isOldInfo(await stack.tree.read(`${ADMIN_DIR}/info/format`));
  const wanted = entries
    .map((e) => e.path)
    .filter((path) => old || !isInfo(path) || /\/format$|\.(list|triggers|conffiles)$/.test(path));
  const contents = await stack.tree.readMany(wanted);
  const files = new Map(wanted.map((path, i) => [path.slice(ADMIN_DIR.length + 1), contents[i] ?? null]));
  const names = new Map<string, string[]>();
  for (const { path } of entries) {
    const dir = parentOf(path).slice(ADMIN_DIR.length + 1);
    names.set(dir, [...(names.get(dir) ?? []), path.slice(path.lastIndexOf('/') + 1)]);
  }
  try {
    return DpkgDatabase.load(
      { read: (path) => files.get(path) ?? null, list: (dir) => names.get(dir) ?? [] },
      { architecture },
    );
  } catch (cause) {
    if (AptOstreeError.is(cause)) throw cause;
    throw new AptOstreeError(
      'ERR_DPKG_DATABASE',
      `the dpkg database of the base cannot be read: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** An empty admin directory, as an installer makes it before anything can be unpacked. */
async function makeAdminDir(stack: LayerStack): Promise<void> {
  const dirs = [
    ...[...ancestorsOf(ADMIN_DIR).slice(1)].map((path) => ({ path, mode: 0o755 })),
    ...DATABASE_DIRECTORIES.map(({ path, mode }) => ({
      path: path === '.' ? ADMIN_DIR : `${ADMIN_DIR}/${path}`,
      mode,
    })),
  ];
  for (const { path, mode } of dirs)
    if ((await stack.tree.lookup(path)) === null)
      stack.push({ kind: 'database' }, [{ op: 'dir', path, mode, uid: 0, gid: 0 }]);
}

function isInfo(path: string): boolean {
  return path.startsWith(`${ADMIN_DIR}/info/`);
}
