import { readFile } from 'node:fs/promises';
import { AptOstreeError } from '../errors/error.ts';
import type { BaseReader } from './base-reader.ts';
import { ancestorsOf, baseName, comparePaths, isBelow, joinPath, parentOf } from './path.ts';
import { sameBytes } from './same-bytes.ts';
import type { TreeNode } from './tree-node.ts';
import type { FileMetadata, TreeView } from './types.ts';

/** The content objects of a repository. */
export interface ObjectReader {
  readObjects(checksums: string[]): Promise<Buffer[]>;
  hasBytesOf(checksum: string, file: string): Promise<boolean>;
}

/** The value that a path had before a layer changed it; undefined: the base's. */
type Before = TreeNode | null | undefined;

/**
 * A base and what the layers changed so far. Holds only the changed paths, so its cost follows the change.
 * A directory that is `fresh` hides whatever the base has below it.
 */
export class Tree implements TreeView {
  readonly #base: BaseReader;
  readonly #objects: ObjectReader;
  readonly #changed = new Map<string, TreeNode | null>();
  readonly #children = new Map<string, Set<string>>();
  readonly #realDirs = new Map<string, string>();
  readonly #journals: Map<string, Before>[] = [];

  constructor(base: BaseReader, objects: ObjectReader) {
    this.#base = base;
    this.#objects = objects;
  }

  /** What stands at a path, as far as it is known without asking the base; undefined: ask with `lookup`. */
  peek(path: string): TreeNode | null | undefined {
    const own = this.#changed.get(path);
    if (own !== undefined) return own;
    for (let dir = path; dir !== '/'; ) {
      dir = parentOf(dir);
      const above = this.#changed.get(dir);
      if (above === null) return null;
      if (above !== undefined && (above.meta.type !== 'dir' || above.fresh)) return null;
    }
    const meta = this.#base.peek(path);
    return meta === undefined ? undefined : meta === null ? null : { meta, layer: null };
  }

  async node(path: string): Promise<TreeNode | null> {
    const known = this.peek(path);
    if (known !== undefined) return known;
    await this.#base.load([path]);
    return this.peek(path) ?? null;
  }

  async prefetch(paths: Iterable<string>): Promise<void> {
    await this.#base.load(paths);
  }

  async lookup(path: string): Promise<FileMetadata | null> {
    return (await this.node(path))?.meta ?? null;
  }

  /**
   * The path with every symlink among its parent directories followed, as the kernel would inside the tree
   * (`/lib/x` -> `/usr/lib/x` on a merged tree). The last component is not followed.
   * @throws ERR_UNSAFE_PATH when links go in circles.
   */
  async resolve(path: string): Promise<string> {
    if (path === '/') return path;
    return joinPath(await this.resolveDir(parentOf(path)), baseName(path));
  }

  /** Like `resolve`, following the last component too. */
  async resolveDir(dir: string, depth = 0): Promise<string> {
    if (dir === '/') return dir;
    const cached = this.#realDirs.get(dir);
    if (cached !== undefined) return cached;
    if (depth > 40) throw new AptOstreeError('ERR_UNSAFE_PATH', `symbolic links of ${dir} go in circles`);
    const at = joinPath(await this.resolveDir(parentOf(dir), depth), baseName(dir));
    const node = await this.node(at);
    const real =
      node?.meta.type === 'symlink' ? await this.resolveDir(linkPath(at, node.meta.target), depth + 1) : at;
    this.#realDirs.set(dir, real);
    return real;
  }

  async list(path: string, depth = 0): Promise<{ path: string; node: FileMetadata }[]> {
    const top = await this.node(path);
    if (top === null || top.meta.type !== 'dir') return [];
    const found = new Map<string, FileMetadata>();
    if (!this.#hidesBase(path)) {
      for (const entry of await this.#base.list(path, depth)) {
        if (this.#hidden(entry.path, path)) continue;
        found.set(entry.path, entry.node);
      }
    }
    const visit = (dir: string, level: number) => {
      for (const name of this.#children.get(dir) ?? []) {
        const at = joinPath(dir, name);
        const own = this.#changed.get(at);
        if (own === null) {
          found.delete(at);
          continue;
        }
        if (own !== undefined) found.set(at, own.meta);
        if (depth <= 0 || level < depth) visit(at, level + 1);
      }
    };
    visit(path, 1);
    return [...found].map(([at, node]) => ({ path: at, node })).sort((a, b) => comparePaths(a.path, b.path));
  }

  async read(path: string): Promise<Buffer | null> {
    return (await this.readMany([path]))[0] ?? null;
  }

  async readMany(paths: string[]): Promise<(Buffer | null)[]> {
    const out: (Buffer | null)[] = paths.map(() => null);
    const objects: { index: number; checksum: string }[] = [];
    await this.prefetch(paths);
    for (const [index, path] of paths.entries()) {
      const node = await this.node(path);
      if (node?.meta.type !== 'file') continue;
      if (node.data) out[index] = node.data;
      else if (node.meta.checksum) objects.push({ index, checksum: node.meta.checksum });
      else out[index] = await readFile(node.meta.from);
    }
    const contents = objects.length ? await this.#objects.readObjects(objects.map((o) => o.checksum)) : [];
    objects.forEach((o, i) => {
      out[o.index] = contents[i]!;
    });
    return out;
  }

  /** Whether a file of the disk has the bytes of the regular file at a path. Neither is held in memory. */
  async hasBytesOf(path: string, file: string): Promise<boolean> {
    const node = await this.node(path);
    if (node?.meta.type !== 'file') return false;
    if (node.data) return node.data.equals(await readFile(file));
    const { checksum, from } = node.meta;
    return checksum ? this.#objects.hasBytesOf(checksum, file) : sameBytes(from, file);
  }

  /** Puts a node at a path, or removes what is there (null) with all below it. */
  set(path: string, node: TreeNode | null): void {
    const before = this.#changed.get(path);
    const replacesDirectory = before?.meta.type === 'dir' || before === undefined;
    if (node === null || node.meta.type !== 'dir' || node.fresh) {
      if (replacesDirectory) this.#forgetBelow(path);
    }
    // Metadata of a directory that hides the base stays hiding when only its mode changes; so does one made
    // where a removal or a file of an earlier layer stands.
    if (node?.meta.type === 'dir' && !node.fresh) {
      if (before === null || before?.fresh || (before !== undefined && before.meta.type !== 'dir'))
        node = { ...node, fresh: true };
    }
    this.#write(path, node);
    if (node?.meta.type !== 'file') this.#realDirs.clear();
  }

  /** Changed paths with their nodes, parents first. */
  changes(): [string, TreeNode | null][] {
    return [...this.#changed].sort((a, b) => comparePaths(a[0], b[0]));
  }

  changed(path: string): TreeNode | null | undefined {
    return this.#changed.get(path);
  }

  /** Starts to record what `rollback` needs; records nest. */
  mark(): void {
    this.#journals.push(new Map());
  }

  /** Undoes everything since the latest mark, and the mark. */
  rollback(): void {
    for (const [path, before] of this.#journals.pop() ?? []) {
      if (before === undefined) this.#erase(path);
      else this.#put(path, before);
    }
    this.#realDirs.clear();
  }

  /** Forgets the latest mark; what it recorded goes to the one before it. */
  release(): void {
    const latest = this.#journals.pop();
    const outer = this.#journals.at(-1);
    if (latest && outer) for (const [path, before] of latest) if (!outer.has(path)) outer.set(path, before);
  }

  #write(path: string, node: TreeNode | null | undefined): void {
    const journal = this.#journals.at(-1);
    if (journal && !journal.has(path)) journal.set(path, this.#changed.get(path));
    if (node === undefined) this.#erase(path);
    else this.#put(path, node);
  }

  #put(path: string, node: TreeNode | null): void {
    this.#changed.set(path, node);
    for (let at = path; at !== '/'; at = parentOf(at)) {
      const dir = parentOf(at);
      const names = this.#children.get(dir);
      if (names?.has(baseName(at))) break;
      if (names) names.add(baseName(at));
      else this.#children.set(dir, new Set([baseName(at)]));
    }
  }

  #erase(path: string): void {
    this.#changed.delete(path);
    for (let at = path; at !== '/'; at = parentOf(at)) {
      if (this.#changed.has(at) || this.#children.has(at)) break;
      const dir = parentOf(at);
      const names = this.#children.get(dir);
      names?.delete(baseName(at));
      if (names?.size === 0) this.#children.delete(dir);
      else break;
    }
  }

  /** Drops changes below a path that is about to be removed or replaced. */
  #forgetBelow(path: string): void {
    const visit = (dir: string) => {
      for (const name of [...(this.#children.get(dir) ?? [])]) {
        const at = joinPath(dir, name);
        visit(at);
        if (this.#changed.has(at)) this.#write(at, undefined);
      }
    };
    visit(path);
  }

  #hidesBase(dir: string): boolean {
    return [...ancestorsOf(dir), dir].some((at) => {
      const own = this.#changed.get(at);
      return own === null || (own !== undefined && (own.meta.type !== 'dir' || own.fresh === true));
    });
  }

  #hidden(path: string, below: string): boolean {
    for (let at = parentOf(path); isBelow(at, below); at = parentOf(at)) {
      const own = this.#changed.get(at);
      if (own === null || (own !== undefined && (own.meta.type !== 'dir' || own.fresh))) return true;
    }
    return false;
  }
}

/** Where a symlink at `at` points, inside the tree. */
export function linkPath(at: string, target: string): string {
  const parts = target.startsWith('/') ? [] : parentOf(at).split('/').filter(Boolean);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
