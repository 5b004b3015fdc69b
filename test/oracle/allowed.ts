import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Difference, Kind } from './compare.ts';
import { equalUnder, type Rule } from './rules.ts';
import type { Snapshot } from './snapshot.ts';
import { source } from './source.ts';

/** A row of the table of what may differ. */
export interface Allowed {
  /** `*` is part of a name, `**` any number of names, also none. */
  path: string;
  kinds: Kind[];
  /** For `content`: it may differ only so far that it is equal under this rule. */
  rule?: Rule;
  /** Why two runs of dpkg, or dpkg and the engine, cannot give the same. */
  reason: string;
  /** What stands there in a tree of ours. */
  instead: string;
}

export async function readAllowed(): Promise<Allowed[]> {
  return JSON.parse(await readFile(source('allowed.json'), 'utf8')) as Allowed[];
}

/** The regular expression of a path pattern. */
export function pattern(glob: string): RegExp {
  const parts = glob.split(/(\/\*\*(?=\/|$)|\*)/).map((part) => {
    if (part === '/**') return '(?:/[^/]+)*';
    return part === '*' ? '[^/]*' : part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/** A difference that a row allows, with the row. */
export interface Excused {
  difference: Difference;
  row: Allowed;
}

export interface Verdict {
  /** What no row allows. */
  differences: Difference[];
  excused: Excused[];
}

async function allows(row: Allowed, path: string, trees: [Snapshot, Snapshot]): Promise<boolean> {
  if (row.rule === undefined) return true;
  const { rule } = row;
  const [reference, ours] = trees;
  return equalUnder(rule, join(reference.root, path), join(ours.root, path));
}

/** Splits differences into those that the table allows and those that stand. */
export async function judge(
  differences: Difference[],
  table: Allowed[],
  trees: [reference: Snapshot, ours: Snapshot],
): Promise<Verdict> {
  const rows = table.map((row) => ({ row, matches: pattern(row.path) }));
  const verdict: Verdict = { differences: [], excused: [] };
  for (const difference of differences) {
    const candidates = rows.filter(
      ({ row, matches }) => row.kinds.includes(difference.kind) && matches.test(difference.path),
    );
    let found: Allowed | null = null;
    for (const { row } of candidates) {
      if (difference.kind === 'content' && !(await allows(row, difference.path, trees))) continue;
      found = row;
      break;
    }
    if (found) verdict.excused.push({ difference, row: found });
    else verdict.differences.push(difference);
  }
  return verdict;
}
