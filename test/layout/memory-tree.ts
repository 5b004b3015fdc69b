import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMetadata, LayerChange, TreeView } from '../../lib/assembly/types.ts';
import type { CommitReader } from '../../lib/layout/commit-reader.ts';
import type { TreeNode } from '../../lib/native/types.ts';

const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/** A whole tree in memory that follows the contract of `Change`, as an oracle beside the native code. */
export class MemoryTree implements TreeView, CommitReader {
  readonly nodes = new Map<string, FileMetadata>();
  readonly contents = new Map<string, Buffer>();
  readonly objects = new Map<string, FileMetadata>();

  constructor() {
    this.dir('/');
  }

  static async ofFolder(root: string): Promise<MemoryTree> {
    const tree = new MemoryTree();
    const visit = async (path: string) => {
      for (const name of await readdir(join(root, path))) {
        const at = path === '/' ? `/${name}` : `${path}/${name}`;
        const stat = await lstat(join(root, at));
        const owner = { uid: stat.uid, gid: stat.gid };
        if (stat.isDirectory()) {
          tree.dir(at, stat.mode & 0o7777, owner);
          await visit(at);
        } else if (stat.isSymbolicLink()) tree.link(at, await readlink(join(root, at)), owner);
        else if (stat.isFile()) {
          const small = stat.size < 200_000 && at.startsWith('/etc/');
          const wanted = small || at.startsWith('/usr/lib/tmpfiles.d/');
          tree.file(
            at,
            wanted ? await readFile(join(root, at)) : `${at}:${stat.size}`,
            stat.mode & 0o7777,
            owner,
          );
        }
      }
    };
    await visit('/');
    return tree;
  }

  dir(path: string, mode = 0o755, { uid, gid } = { uid: 0, gid: 0 }): this {
    this.nodes.set(path, { type: 'dir', mode, uid, gid });
    return this;
  }

  file(path: string, text: string | Buffer = '', mode = 0o644, { uid, gid } = { uid: 0, gid: 0 }): this {
    const data = Buffer.from(text);
    const checksum = hash(`${mode}:${uid}:${gid}:${hash(data)}`);
    this.contents.set(checksum, data);
    this.put(path, { type: 'file', mode, uid, gid, size: data.length, checksum, from: '' });
    return this;
  }

  link(path: string, target: string, { uid, gid } = { uid: 0, gid: 0 }): this {
    this.put(path, {
      type: 'symlink',
      uid,
      gid,
      target,
      checksum: hash(`->${target}:${uid}:${gid}`),
      from: '',
    });
    return this;
  }

  private put(path: string, node: Exclude<FileMetadata, { type: 'dir' }>): void {
    this.objects.set(node.checksum, node);
    this.nodes.set(path, node);
  }

  copy(): MemoryTree {
    const tree = new MemoryTree();
    for (const [path, node] of this.nodes) tree.nodes.set(path, node);
    for (const [sum, data] of this.contents) tree.contents.set(sum, data);
    for (const [sum, node] of this.objects) tree.objects.set(sum, node);
    return tree;
  }

  /** The tree with changes made; throws where native code would. */
  with(changes: LayerChange[]): MemoryTree {
    const tree = this.copy();
    for (const change of changes) tree.apply(change);
    return tree;
  }

  apply(change: LayerChange): void {
    const { path } = change;
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (change.op !== 'remove' && this.nodes.get(parent)?.type !== 'dir')
      throw new Error(`${change.op} ${path}: no directory ${parent}`);
    switch (change.op) {
      case 'dir':
        if (this.nodes.get(path)?.type !== 'dir') this.remove(path);
        this.dir(path, change.mode, change);
        break;
      case 'remove':
        this.remove(path);
        break;
      case 'write':
        this.remove(path);
        this.file(path, change.data, change.mode, change);
        break;
      case 'symlink':
        this.remove(path);
        this.link(path, change.target, change);
        break;
      case 'object': {
        this.remove(path);
        this.nodes.set(path, this.byChecksum(change.checksum));
        break;
      }
      case 'move':
        this.move(change.from, path);
        break;
      default:
        throw new Error(`cannot ${change.op}`);
    }
  }

  private byChecksum(checksum: string): FileMetadata {
    const node = this.objects.get(checksum);
    if (!node) throw new Error(`no object ${checksum}`);
    return node;
  }

  private below(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.nodes.keys()].filter((at) => at !== '/' && at.startsWith(prefix));
  }

  private remove(path: string): void {
    for (const at of this.below(path)) this.nodes.delete(at);
    this.nodes.delete(path);
  }

  private move(from: string, to: string): void {
    if (!this.nodes.has(from)) throw new Error(`move ${from}: nothing there`);
    if (this.nodes.has(to)) throw new Error(`move to ${to}: occupied`);
    for (const at of [from, ...this.below(from)]) {
      this.nodes.set(to + at.slice(from.length), this.nodes.get(at)!);
      this.nodes.delete(at);
    }
  }

  async prefetch(): Promise<void> {}

  async lookup(path: string): Promise<FileMetadata | null>;
  async lookup(paths: string[]): Promise<(TreeNode | null)[]>;
  // biome-ignore lint/suspicious/noExplicitAny: one body for the two interfaces
  async lookup(asked: string | string[]): Promise<any> {
    if (typeof asked === 'string') return this.nodes.get(asked) ?? null;
    return asked.map((path) => this.nodes.get(path) ?? null);
  }

  async list(path: string, depth = 0): Promise<{ path: string; node: FileMetadata }[]> {
    const level = (at: string) => at.split('/').length - (path === '/' ? 1 : path.split('/').length);
    return this.below(path)
      .filter((at) => depth === 0 || level(at) <= depth)
      .sort()
      .map((at) => ({ path: at, node: this.nodes.get(at)! }));
  }

  async read(path: string): Promise<Buffer | null>;
  async read(paths: string[]): Promise<(Buffer | null)[]>;
  // biome-ignore lint/suspicious/noExplicitAny: one body for the two interfaces
  async read(asked: string | string[]): Promise<any> {
    if (typeof asked === 'string') return (await this.readMany([asked]))[0];
    return this.readMany(asked);
  }

  async readMany(paths: string[]): Promise<(Buffer | null)[]> {
    return paths.map((path) => {
      const node = this.nodes.get(path);
      return node?.type === 'file' ? (this.contents.get(node.checksum) ?? null) : null;
    });
  }

  /** Everything as comparable lines. */
  lines(): string[] {
    return [...this.nodes]
      .map(([path, node]) => {
        const { from, ...rest } = { from: '', ...node };
        return `${path} ${JSON.stringify(rest)}`;
      })
      .sort();
  }
}
