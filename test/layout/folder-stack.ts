import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {
  FileMetadata,
  LayerChange,
  LayerRun,
  LayerStack,
  RunRequest,
  Savepoint,
  TreeView,
} from '../../lib/assembly/types.ts';
import { runSandbox, scanLayer } from '../../lib/native/sandbox.ts';
import { run } from '../helpers/run.ts';

/** A root on disk as a tree; nothing of it is an object. */
export function folderTree(root: string): TreeView {
  const lookup = async (path: string): Promise<FileMetadata | null> => {
    const stat = await lstat(join(root, path)).catch(() => null);
    if (stat === null) return null;
    const owner = { uid: stat.uid, gid: stat.gid };
    const object = { checksum: '', from: join(root, path) };
    if (stat.isDirectory()) return { type: 'dir', mode: stat.mode & 0o7777, ...owner };
    if (stat.isSymbolicLink())
      return { type: 'symlink', ...owner, target: await readlink(join(root, path)), ...object };
    return { type: 'file', mode: stat.mode & 0o7777, ...owner, size: stat.size, ...object };
  };
  const list: TreeView['list'] = async (path, depth = 0) => {
    const out: { path: string; node: FileMetadata }[] = [];
    for (const name of (await readdir(join(root, path)).catch(() => [])).sort()) {
      const at = join(path, name);
      const node = await lookup(at);
      if (node) out.push({ path: at, node });
      if (node?.type === 'dir' && depth !== 1) out.push(...(await list(at, depth - 1)));
    }
    return out;
  };
  const read = async (path: string) =>
    (await lookup(path))?.type === 'file' ? readFile(join(root, path)) : null;
  return { prefetch: async () => {}, lookup, list, read, readMany: (paths) => Promise.all(paths.map(read)) };
}

/** One writable root in place of layers: enough for what pushes and runs, and never goes back. */
export class FolderStack implements LayerStack {
  readonly tree: TreeView;
  readonly root: string;
  readonly work: string;
  runs = 0;

  constructor(root: string, work: string) {
    this.root = root;
    this.work = work;
    this.tree = folderTree(root);
  }

  push(_origin: unknown, changes: LayerChange[]): void {
    for (const change of changes) {
      const at = join(this.root, change.path);
      rmSync(at, { recursive: true, force: true });
      if (change.op === 'write') writeFileSync(at, change.data, { mode: change.mode });
      else if (change.op === 'symlink') symlinkSync(change.target, at);
      else if (change.op !== 'remove') throw new Error(`cannot ${change.op}`);
    }
  }

  async run(request: RunRequest): Promise<LayerRun> {
    const dir = join(this.work, String(this.runs++));
    for (const name of ['upper', 'work', 'merged']) await mkdir(join(dir, name), { recursive: true });
    const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
    ];
    const { argv, env, timeoutSeconds, log } = request;
    const folders = { lowers: [this.root], upper, work, merged };
    const outcome = await runSandbox({ ...folders, argv, env, timeoutSeconds, log, outputLimit: 1e7 });
    for (const entry of await scanLayer(upper)) {
      if (entry.type !== 'file') continue;
      const at = join(this.root, entry.path);
      await mkdir(dirname(at), { recursive: true });
      await rm(at, { force: true });
      await cp(join(upper, entry.path), at);
    }
    return { outcome, changes: [] };
  }

  async savepoint(): Promise<Savepoint> {
    throw new Error('no savepoints');
  }
  async pop(): Promise<void> {}
  release(): void {}
  fold(): never {
    throw new Error('no fold');
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A copy of a root that shares its files; replace them, never write into them. */
export async function linkedCopy(root: string, target: string): Promise<void> {
  await run('cp', ['-al', root, target]);
}
