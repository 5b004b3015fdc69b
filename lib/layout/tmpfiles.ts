import type { FileMetadata, TreeView } from '../assembly/types.ts';
import type { AccountNames } from './accounts.ts';
import { expandGlob } from './glob.ts';

/** An entry of a running host's file system that systemd-tmpfiles is to make where it is missing. */
export interface RuntimeEntry {
  path: string;
  node: FileMetadata;
}

/** Types whose line makes the path. */
const MAKING = new Set([...'fdDvqQpLcbC']);

/**
 * Paths that tmpfiles.d files of the tree make already. Lines with specifiers are passed over: what they make is
 * only known on the host.
 */
export async function declaredPaths(tree: TreeView): Promise<Set<string>> {
  const texts = [
    ...(await confTexts(tree, '/usr/lib/tmpfiles.d')),
    ...(await confTexts(tree, '/etc/tmpfiles.d')),
  ];
  return new Set(texts.flatMap(declaredIn));
}

/** Texts of the configuration files in a folder of the tree. */
export async function confTexts(tree: TreeView, dir: string): Promise<string[]> {
  const files = (await expandGlob(tree, `${dir}/*.conf`)).filter(({ node }) => node.type === 'file');
  const texts = await tree.readMany(files.map(({ path }) => path));
  return texts.map((text) => text?.toString('utf8') ?? '');
}

function declaredIn(text: string): string[] {
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const [, type, path] = /^\s*([a-zA-Z])[!+=~^$?-]*\s+(\/[^\s"'%\\*]*)(?=\s|$)/.exec(line) ?? [];
    if (type && path && MAKING.has(type)) out.push(path.length > 1 ? path.replace(/\/+$/, '') : path);
  }
  return out;
}

/** One line a path: `d` directories, `L` links, `C` files copied from /usr/share/factory. */
export function tmpfilesLine({ path, node }: RuntimeEntry, names: AccountNames): string {
  const at = quotePath(path);
  if (node.type === 'symlink') return `L ${at} - - - - ${node.target.replaceAll('%', '%%')}`;
  const mode = node.mode.toString(8).padStart(4, '0');
  return `${node.type === 'dir' ? 'd' : 'C'} ${at} ${mode} ${names.user(node.uid)} ${names.group(node.gid)} - -`;
}

export function tmpfilesLink(path: string, target: string): string {
  return `L ${quotePath(path)} - - - - ${target.replaceAll('%', '%%')}`;
}

function quotePath(path: string): string {
  const escaped = path.replaceAll('%', '%%');
  if (/^[\w/.@:+=,~%-]+$/.test(escaped)) return escaped;
  const inner = escaped.replace(/[\\"]|[\x00-\x1f\x7f]/g, (c) =>
    c === '\\' || c === '"' ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${inner}"`;
}
