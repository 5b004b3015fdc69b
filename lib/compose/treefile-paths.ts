import { resolve } from 'node:path';
import type { SourceStanza } from '../resolution/plan.ts';
import type { CheckedTreefile, SourceInput } from './treefile-schema.ts';

/** The same treefile with every path relative to `dir` made absolute, so that files of several folders can be merged. */
export function absolutePaths(tree: CheckedTreefile, dir: string): CheckedTreefile {
  const result = { ...tree };
  if (Array.isArray(tree.repos)) result.repos = tree.repos.map((stanza) => absoluteStanza(stanza, dir));
  if (tree.packages)
    result.packages = tree.packages.map((name) => (isLocal(name) ? resolve(dir, name) : name));
  if (tree['add-files'])
    result['add-files'] = tree['add-files'].map(([source, target]) => [resolve(dir, source), target]);
  if (tree['preserve-accounts']) result['preserve-accounts'] = resolve(dir, tree['preserve-accounts']);
  return result;
}

/** A package argument that names a file, by apt's rule. */
function isLocal(name: string): boolean {
  return /^\.{0,2}\//.test(name);
}

function absoluteStanza(stanza: SourceInput, dir: string): SourceInput {
  const uris = listOf(stanza.uris).map((uri) => {
    const [, scheme, path] = /^(file|copy):(?!\/)(.+)$/.exec(uri) ?? [];
    return scheme && path ? `${scheme}:${resolve(dir, path)}${path.endsWith('/') ? '/' : ''}` : uri;
  });
  const keys = stanza['signed-by'];
  if (keys === undefined) return { ...stanza, uris };
  // An armored key stands in the stanza itself, a fingerprint has no slash: neither is a path.
  if (typeof keys === 'string' && keys.includes('-----BEGIN')) return { ...stanza, uris };
  return {
    ...stanza,
    uris,
    'signed-by': listOf(keys).map((key) => (/[/.]/.test(key) ? resolve(dir, key) : key)),
  };
}

/** The stanza in the form that apt reads: lists are words in one text. */
export function joinStanza(stanza: SourceInput): SourceStanza {
  const fields = Object.entries(stanza).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    fields.map(([key, value]) => [key, Array.isArray(value) ? value.join(' ') : value]),
  ) as unknown as SourceStanza;
}

function listOf(value: string | string[]): string[] {
  return Array.isArray(value) ? value : value.split(/\s+/).filter(Boolean);
}
