import fc from 'fast-check';
import type { Change } from '../../lib/native/types.ts';

/** A tree as a plain value: each path with its mode (a directory) or the number of its content. */
export type Model = Map<string, { mode: number } | { content: number }>;

const NAMES = ['a', 'b', 'c'];
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((n) => `/${n.join('/')}`);
const mode: fc.Arbitrary<number> = fc.constantFrom(0o755, 0o700, 0o1777);
export const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('dir' as const), path, mode }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('file' as const), path, content: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), path }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('move' as const), path, from: path }) },
);
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const parent = (p: string) => p.slice(0, p.lastIndexOf('/'));
const isDir = (model: Model, p: string) => p === '' || 'mode' in (model.get(p) ?? {});
const below = (model: Model, p: string) => [...model.keys()].filter((k) => k === p || k.startsWith(`${p}/`));

function drop(model: Model, p: string): void {
  for (const key of below(model, p)) model.delete(key);
}

/** Applies one operation; false where the repository would refuse it. */
function apply(model: Model, o: Operation): boolean {
  if (o.op === 'remove') {
    drop(model, o.path);
    return true;
  }
  if (o.op === 'move') {
    if (!model.has(o.from) || `${o.path}/`.startsWith(`${o.from}/`)) return false;
    // The target's parent must stand once the source is gone.
    if (!isDir(model, parent(o.path))) return false;
    const moved = below(model, o.from).map((k) => [o.path + k.slice(o.from.length), model.get(k)!] as const);
    drop(model, o.from);
    drop(model, o.path);
    for (const [key, value] of moved) model.set(key, value);
    return true;
  }
  if (!isDir(model, parent(o.path))) return false;
  if (o.op === 'dir') model.set(o.path, { mode: o.mode });
  else {
    drop(model, o.path);
    model.set(o.path, { content: o.content });
  }
  return true;
}

export const contentFile = (folder: string, content: number) => `${folder}/content${content}`;

export function toChange(folder: string, o: Operation): Change {
  if (o.op === 'dir') return { ...o, uid: 0, gid: 0 };
  if (o.op === 'file') return { op: 'file', path: o.path, from: contentFile(folder, o.content) };
  return o;
}

/** The changes that make the tree of nothing. */
export function fromScratch(folder: string, model: Model): Change[] {
  return [...model.keys()].sort().map((p) => {
    const node = model.get(p)!;
    if ('mode' in node) return { op: 'dir', path: p, mode: node.mode, uid: 0, gid: 0 };
    return { op: 'file', path: p, from: contentFile(folder, node.content) };
  });
}

/** Valid operations of a random list, split in two, with the trees that they make. */
export function sequence(operations: Operation[]) {
  const model: Model = new Map();
  const half = operations.length >> 1;
  const taken: Operation[][] = [[], []];
  let first: Model = new Map();
  for (const [i, o] of operations.entries()) {
    if (i === half) first = new Map(model);
    if (apply(model, o)) taken[i < half ? 0 : 1]!.push(o);
  }
  return { first, last: model, operations: taken as [Operation[], Operation[]] };
}

/** A layer holds the folders that its changes lie in, as they are at that moment. */
export function withParents(base: Model, operations: Operation[]): Operation[] {
  const model: Model = new Map(base);
  const out: Operation[] = [];
  for (const o of operations) {
    // What is gone already needs no whiteout, and may have no parent to hold one.
    if (o.op === 'remove' && !model.has(o.path)) continue;
    const parents = o.path.split('/').slice(1, -1);
    for (let i = 1; i <= parents.length; i++) {
      const p = `/${parents.slice(0, i).join('/')}`;
      out.push({ op: 'dir', path: p, mode: (model.get(p) as { mode: number }).mode });
    }
    // A directory in the place of nothing hides what lower layers have there: the change says so.
    if (o.op === 'dir' && !isDir(model, o.path)) out.push({ op: 'remove', path: o.path });
    out.push(o);
    apply(model, o);
  }
  return out;
}

export function describeModel(model: Model): string[] {
  const lines = [...model].map(([p, node]) =>
    'mode' in node ? `${p} ${node.mode.toString(8)}` : `${p} content ${node.content}`,
  );
  return lines.sort();
}
