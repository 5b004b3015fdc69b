import { createHash } from 'node:crypto';
import type { FileMetadata, TreeView } from '../assembly/types.ts';
import { readData } from './data.ts';
import { objectChecksum } from './object-checksum.ts';

/** `initramfs.json`. */
export interface InitramfsData {
  needs: { path: string; package: string; reason: string }[];
  /** A path of the image without which it does not boot a deployment. */
  proof: string;
  /** Texts in dracut's output that mean a failure, which it does not always tell by its exit status. */
  failures: string[];
  /** Files and folders that shape an image whatever it holds. */
  watched: string[];
  /** Folders from which dracut takes what its scripts name. */
  named: string[];
  /** Paths of an image that are no copies of the tree's. */
  derived: { path: string; reason: string }[];
}

export const INITRAMFS = readData<InitramfsData>('initramfs.json');

/** What an image has taken over from the tree. */
export interface CopiedInputs {
  paths: readonly string[];
  users: readonly string[];
  groups: readonly string[];
}

const SCRIPTS = '/usr/lib/dracut';

interface Entry {
  path: string;
  node: FileMetadata;
}

/**
 * Digest of what decides which files go into an image: dracut and its configuration, the modules of the kernel, and
 * every program or unit whose name dracut's scripts mention. A package that adds none of these leaves it alone.
 */
export async function controlDigest(tree: TreeView, kernel: string): Promise<string> {
  const modules = `/usr/lib/modules/${kernel}`;
  const lists = await Promise.all([...INITRAMFS.watched, modules].map((path) => below(tree, path)));
  const scripts = await below(tree, SCRIPTS);
  const names = await namesIn(tree, scripts);
  const named = (await Promise.all(INITRAMFS.named.map((path) => below(tree, path)))).flat();
  const mentioned = named.filter(({ path }) => names.has(path.slice(path.lastIndexOf('/') + 1)));
  const entries = [...lists.flat(), ...mentioned].filter(
    ({ path }) => !path.startsWith(`${modules}/initramfs.`),
  );
  return digest(tree, entries, [kernel]);
}

/** Digest of the tree's files and accounts that an image holds copies of. */
export async function inputsDigest(tree: TreeView, copied: CopiedInputs): Promise<string> {
  const { paths, users, groups } = copied;
  await tree.prefetch(paths);
  const nodes = await Promise.all(paths.map((path) => tree.lookup(path)));
  const entries = paths.flatMap((path, i) => (nodes[i] ? [{ path, node: nodes[i] }] : []));
  const [passwd, group] = await tree.readMany(['/etc/passwd', '/etc/group']);
  return digest(tree, entries, [...accountLines(passwd, users), ...accountLines(group, groups)]);
}

function accountLines(data: Buffer | null | undefined, names: readonly string[]): string[] {
  const lines = data?.toString('utf8').split('\n') ?? [];
  return lines.filter((line) => names.includes(line.split(':', 1)[0]!)).sort();
}

/** Of the paths of an image, those that the tree has too and `controlDigest` does not cover. */
export async function inputPaths(
  tree: TreeView,
  image: readonly string[],
  kernel: string,
): Promise<string[]> {
  const derived = new Set(INITRAMFS.derived.map(({ path }) => path));
  const modules = `/usr/lib/modules/${kernel}/`;
  const paths = image
    .map((path) => `/${path}`)
    .filter((path) => !path.startsWith(modules) && !derived.has(path));
  await tree.prefetch(paths);
  const nodes = await Promise.all(paths.map((path) => tree.lookup(path)));
  return paths.filter((_, i) => nodes[i] && nodes[i].type !== 'dir').sort();
}

async function below(tree: TreeView, path: string): Promise<Entry[]> {
  const node = await tree.lookup(path);
  if (node === null) return [];
  return node.type === 'dir' ? tree.list(path) : [{ path, node }];
}

async function namesIn(tree: TreeView, scripts: Entry[]): Promise<Set<string>> {
  const files = scripts.filter(({ node }) => node.type === 'file' && node.size < 1_000_000);
  const texts = await tree.readMany(files.map(({ path }) => path));
  return new Set(texts.flatMap((text) => text?.toString('latin1').match(/[\w.@+-]+/g) ?? []));
}

async function digest(tree: TreeView, entries: Entry[], extra: string[]): Promise<string> {
  const unhashed = entries.filter(({ node }) => node.type === 'file' && node.checksum === '');
  const contents = await tree.readMany(unhashed.map(({ path }) => path));
  const sums = new Map<string, string>();
  unhashed.forEach(({ path, node }, i) => {
    if (node.type === 'file') sums.set(path, objectChecksum(node, contents[i] ?? Buffer.alloc(0)));
  });
  const lines = new Set(
    entries.map(({ path, node }) => {
      if (node.type === 'dir') return `d ${path}`;
      return node.type === 'symlink'
        ? `l ${path} ${node.target}`
        : `f ${path} ${node.checksum || sums.get(path)}`;
    }),
  );
  const hash = createHash('sha256');
  for (const line of [...extra, ...[...lines].sort()]) hash.update(`${line}\n`);
  return hash.digest('hex');
}
