import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AptOstreeError } from '../errors/error.ts';
import { removeTree } from '../native/remove-tree.ts';
import type { Repo } from '../native/repo.ts';
import { runSandbox, scanLayer, squash } from '../native/sandbox.ts';
import type { Change } from '../native/types.ts';
import { type BaseSource, readBase } from './base-reader.ts';
import { type HardlinkGroup, scannedHardlinks } from './hardlinks.ts';
import { makeLayerFolder, writeLayerFolder } from './layer-folder.ts';
import { dropMasked } from './masked.ts';
import { absorbScan } from './scan.ts';
import { Tree } from './tree.ts';
import type { LayerFolder, TreeNode } from './tree-node.ts';
import type {
  FileMetadata,
  LayerChange,
  LayerOrigin,
  LayerRun,
  LayerStack,
  RunRequest,
  Savepoint,
} from './types.ts';

/** Beyond this many folders the lower ones are squashed: a mount costs time for each of its layers. */
const MOST_FOLDERS = 12;

export interface StackOptions {
  repo: Repo;
  /** Null composes from nothing. */
  base: { source: BaseSource; lowers: string[] } | null;
  /** Private folder of the transaction, on the repository's file system. */
  work: string;
}

export async function openLayerStack(options: StackOptions): Promise<OverlayStack> {
  const empty = join(options.work, 'empty');
  await mkdir(empty, { recursive: true });
  await mkdir(join(options.work, 'merged'), { recursive: true });
  const stack = new OverlayStack(options, options.base?.lowers ?? [empty]);
  if (options.base === null)
    stack.tree.set('/', { meta: { type: 'dir', mode: 0o755, uid: 0, gid: 0 }, layer: null });
  return stack;
}

interface Pin {
  folders: number;
}

export class OverlayStack implements LayerStack {
  readonly tree: Tree;
  /** Hardlinks that programs made, some of which may be none any more. */
  readonly hardlinks: HardlinkGroup[] = [];
  readonly #repo: Repo;
  readonly #work: string;
  readonly #baseLowers: string[];
  readonly #folders: LayerFolder[] = [];
  readonly #pending = new Set<string>();
  readonly #pins: Pin[] = [];
  #made = 0;

  constructor(options: StackOptions, baseLowers: string[]) {
    this.#repo = options.repo;
    this.#work = options.work;
    this.#baseLowers = baseLowers;
    this.tree = new Tree(readBase(options.base?.source ?? null), options.repo);
  }

  push(_origin: LayerOrigin, changes: LayerChange[]): void {
    for (const change of changes) {
      this.tree.set(change.path, toNode(change));
      this.#pending.add(change.path);
    }
  }

  async run(request: RunRequest): Promise<LayerRun> {
    await this.#flush();
    const folder = await this.#newFolder();
    const scratch = join(this.#work, `o${this.#made}`);
    await mkdir(scratch);
    const { argv, env, timeoutSeconds, log } = request;
    const outcome = await runSandbox(
      {
        lowers: [...(request.masks ?? []), ...this.#folders.map((f) => f.dir).reverse(), ...this.#baseLowers],
        upper: folder.dir,
        work: scratch,
        merged: join(this.#work, 'merged'),
        argv,
        env,
        log,
        timeoutSeconds,
        outputLimit: request.outputLimit ?? 16 * 1024 * 1024,
        ...(request.extra ? { extra: request.extra } : {}),
      },
      { signal: request.signal },
    );
    await removeTree(scratch);
    const entries = await dropMasked(folder.dir, await scanLayer(folder.dir), request.masks ?? []);
    const changes = await absorbScan(this.tree, folder, entries);
    this.hardlinks.push(...scannedHardlinks(entries));
    if (entries.length <= 1) await rmdir(folder.dir);
    else this.#folders.push(folder);
    await this.#squash();
    return { outcome, changes };
  }

  async savepoint(): Promise<Savepoint> {
    await this.#flush();
    const pin: Pin = { folders: this.#folders.length };
    this.#pins.push(pin);
    this.tree.mark();
    return pin as unknown as Savepoint;
  }

  async pop(to: Savepoint): Promise<void> {
    const pin = this.#endPin(to);
    this.tree.rollback();
    this.#pending.clear();
    for (const folder of this.#folders.splice(pin.folders)) await removeTree(folder.dir);
  }

  release(to: Savepoint): void {
    this.#endPin(to);
    this.tree.release();
  }

  async fold(): Promise<Change[]> {
    await this.#flush();
    const out: Change[] = [];
    for (const [path, node] of this.tree.changes()) {
      if (node === null) out.push({ op: 'remove', path });
      else if (node.meta.type === 'dir') {
        const { mode, uid, gid } = node.meta;
        if (node.fresh) out.push({ op: 'remove', path });
        out.push({
          op: 'dir',
          path,
          mode,
          uid,
          gid,
          ...(node.layer ? { from: join(this.#dirOf(node.layer), path) } : {}),
        });
      } else if (node.meta.checksum) out.push({ op: 'object', path, checksum: node.meta.checksum });
      else out.push({ op: 'file', path, from: node.meta.from });
    }
    return out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.#work);
  }

  #dirOf(folder: LayerFolder): string {
    return folder.moved ? this.#dirOf(folder.moved) : folder.dir;
  }

  #endPin(to: Savepoint): Pin {
    const pin = this.#pins.pop();
    if (pin === undefined || (pin as unknown) !== to)
      throw new AptOstreeError('ERR_INTERNAL', 'savepoints end in the reverse order of their making');
    return pin;
  }

  async #newFolder(): Promise<LayerFolder> {
    this.#made += 1;
    return makeLayerFolder(join(this.#work, `l${this.#made}`));
  }

  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const folder = await this.#newFolder();
    await writeLayerFolder(this.tree, folder, this.#pending, async (changes) => {
      await this.#repo.materialize(folder.dir, changes, { overlay: true });
    });
    this.#pending.clear();
    this.#folders.push(folder);
  }

  /** Folders that no savepoint can return to become one; what changed where is remembered by the tree. */
  async #squash(): Promise<void> {
    const free = this.#pins[0]?.folders ?? this.#folders.length;
    if (free <= MOST_FOLDERS) return;
    const [bottom, ...upper] = this.#folders.slice(0, free);
    for (const folder of upper) {
      await squash(folder.dir, bottom!.dir);
      folder.moved = bottom!;
      await removeTree(folder.dir);
    }
    this.#folders.splice(1, upper.length);
  }
}

function toNode(change: LayerChange): TreeNode | null {
  switch (change.op) {
    case 'remove':
      return null;
    case 'dir': {
      const { mode, uid, gid } = change;
      return { meta: { type: 'dir', mode, uid, gid }, layer: null };
    }
    case 'node':
      return { meta: change.node, layer: null };
    case 'write': {
      const { mode, uid, gid, data } = change;
      return {
        meta: { type: 'file', mode, uid, gid, size: data.length, checksum: '', from: '' },
        layer: null,
        data,
      };
    }
    case 'symlink': {
      const { uid, gid, target } = change;
      const meta: FileMetadata = { type: 'symlink', uid, gid, target, checksum: '', from: '' };
      return { meta, layer: null };
    }
    default:
      throw new AptOstreeError('ERR_INTERNAL', `a stack takes no change '${change.op}' (${change.path})`);
  }
}
