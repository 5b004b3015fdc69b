import type { TreeEntry, TreeNode } from './types.ts';

/** Reads the fields of packed nodes (`native/ostree/tree_glue.cc`), each ended by a NUL byte. */
class Fields {
  readonly #fields: string[];
  #at = 0;

  constructor(packed: Buffer) {
    this.#fields = packed.toString('utf8').split('\0');
  }

  get done(): boolean {
    return this.#at >= this.#fields.length - 1;
  }

  text(): string {
    return this.#fields[this.#at++]!;
  }

  number(): number {
    return Number(this.text());
  }

  node(): TreeNode | null {
    const kind = this.text();
    switch (kind) {
      case 'd':
        return { type: 'dir', mode: this.number(), uid: this.number(), gid: this.number() };
      case 'f':
        return {
          type: 'file',
          mode: this.number(),
          uid: this.number(),
          gid: this.number(),
          size: this.number(),
          checksum: this.text(),
        };
      case 'l':
        return {
          type: 'symlink',
          uid: this.number(),
          gid: this.number(),
          target: this.text(),
          checksum: this.text(),
        };
      case 'b':
        return { type: 'blocked', at: this.text(), target: this.text() || null };
      case 'n':
        return null;
      default:
        throw new TypeError(`a packed node of the kind ${JSON.stringify(kind)}`);
    }
  }
}

export function unpackNodes(packed: Buffer): (TreeNode | null)[] {
  const fields = new Fields(packed);
  const nodes: (TreeNode | null)[] = [];
  while (!fields.done) nodes.push(fields.node());
  return nodes;
}

export function unpackEntries(packed: Buffer): TreeEntry[] {
  const fields = new Fields(packed);
  const entries: TreeEntry[] = [];
  while (!fields.done) entries.push({ path: fields.text(), node: fields.node() as TreeEntry['node'] });
  return entries;
}
