import type { RemovalTree } from '../../../lib/dpkg/file-removal.ts';
import type { Node } from './packages.ts';
import { describeNode } from './real-dpkg.ts';

/** A tree in memory, with as much of links as the model needs. */
export class MemoryTree implements RemovalTree {
  readonly nodes = new Map<string, Node>();

  constructor() {
    for (const path of ['', '/var', '/var/lib', '/var/lib/dpkg']) this.nodes.set(path, { type: 'dir' });
  }

  at(path: string): Node | undefined {
    return this.nodes.get(this.real(path));
  }

  set(path: string, node: Node): void {
    this.removeTree(path);
    this.nodes.set(this.real(path), node);
  }

  rename(from: string, to: string): void {
    const node = this.at(from);
    if (node === undefined) return;
    this.nodes.delete(this.real(from));
    this.set(to, node);
  }

  removeTree(path: string): void {
    const real = this.real(path);
    for (const other of this.nodes.keys())
      if (other === real || other.startsWith(`${real}/`)) this.nodes.delete(other);
  }

  /** The path with links in its folders resolved, but not one at its end. */
  real(path: string): string {
    const plain = path === '/.' ? '' : path;
    const slash = plain.lastIndexOf('/');
    if (slash < 0) return '';
    const parent = this.follow(plain.slice(0, slash));
    return `${parent}${plain.slice(slash)}`;
  }

  /** The path with all links resolved. */
  follow(path: string): string {
    const real = this.real(path);
    const node = this.nodes.get(real);
    if (node?.type !== 'symlink') return real;
    const target = node.target.startsWith('/')
      ? node.target
      : `${real.slice(0, real.lastIndexOf('/'))}/${node.target}`;
    return this.follow(target);
  }

  async isDir(path: string): Promise<boolean> {
    return this.nodes.get(this.follow(path))?.type === 'dir';
  }

  async stands(path: string): Promise<boolean> {
    return this.at(path) !== undefined;
  }

  async isSame(one: string, other: string): Promise<boolean> {
    return this.real(one) === this.real(other);
  }

  async remove(path: string): Promise<boolean> {
    const real = this.real(path);
    const isDir = this.nodes.get(real)?.type === 'dir';
    if (isDir && [...this.nodes.keys()].some((other) => other.startsWith(`${real}/`))) return false;
    this.nodes.delete(real);
    return true;
  }

  describe(): Record<string, string> {
    const entries = [...this.nodes].filter(([path]) => path !== '');
    return Object.fromEntries(entries.map(([path, node]) => [path, describeNode(node)]));
  }
}
