import type { CommitInfo } from '../native/types.ts';
import type { ScriptResult } from './types.ts';

const KEY = 'apt-ostree.skipped-scripts';

/** How a script is named in lists and metadata: `package.script`. */
export function scriptName({ package: name, script }: Pick<ScriptResult, 'package' | 'script'>): string {
  return `${name}.${script}`;
}

/** The scripts that failed and whose work a tree goes without, each once, in order. */
export function skippedOf(results: readonly ScriptResult[]): string[] {
  return [...new Set(results.filter((r) => r.state === 'skipped').map(scriptName))];
}

/** Metadata for `writeCommit`: what was skipped now, after what the base goes without. */
export function formatSkipped(
  results: readonly ScriptResult[],
  base: readonly string[] = [],
): Record<string, string[]> {
  const all = [...new Set([...base, ...skippedOf(results)])];
  return all.length > 0 ? { [KEY]: all } : {};
}

/** `package.script` of each script that a commit goes without. */
export function parseSkipped({ metadata }: Pick<CommitInfo, 'metadata'>): string[] {
  const value = metadata[KEY];
  return Array.isArray(value) ? value : [];
}
