import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Difference, Kind } from './compare.ts';
import { equalUnder, type Rule } from './rules.ts';
import type { Snapshot } from './snapshot.ts';
import { CHECKOUT, source } from './source.ts';

/** A row of the table of what may differ. */
export interface Allowed {
  /** `*` is part of a name; `**` any number of names, also none, and at the end at least one. */
  path: string;
  kinds: Kind[];
  /** For `content`: it may differ only so far that it is equal under this rule. */
  rule?: Rule | 'emptied';
  /** Why two runs of dpkg, or dpkg and the engine, cannot give the same. */
  reason: string;
  /** What stands there in a tree of ours. */
  instead: string;
}

/** A row of the engine's own table of what must not go into an image (`lib/layout/never-baked.json`). */
interface NeverBaked {
  path: string;
  action: 'removed' | 'emptied' | 'undated' | 'kept';
  format?: Rule;
  reason: string;
  unit?: string;
}

const INSTEAD: Record<NeverBaked['action'], string> = {
  removed: 'Nothing.',
  emptied: 'An empty file.',
  undated: 'The same, with the time 0.',
  kept: 'Another of the same.',
};

function fromNeverBaked({ path, action, format, reason, unit }: NeverBaked): Allowed[] {
  const rule = action === 'emptied' ? action : format;
  const instead = unit ? `Made at first boot by ${unit}.` : INSTEAD[action];
  if (action !== 'removed') return [{ path, kinds: ['content'], ...(rule && { rule }), reason, instead }];
  const below = path.endsWith('/**') ? path : `${path}/**`;
  return [path, below].map((covered) => ({ path: covered, kinds: ['missing'], reason, instead }));
}

async function readNeverBaked(): Promise<NeverBaked[]> {
  return JSON.parse(await readFile(join(CHECKOUT, 'lib/layout/never-baked.json'), 'utf8'));
}

/** What the engine leaves out by intent, and what cannot be the same twice. */
export async function readAllowed(): Promise<Allowed[]> {
  const own = JSON.parse(await readFile(source('allowed.json'), 'utf8')) as Allowed[];
  return [...own, ...(await readNeverBaked()).flatMap(fromNeverBaked)];
}

/** What two runs of the engine may differ in. */
export async function readKept(): Promise<Allowed[]> {
  const rows = await readNeverBaked();
  return rows.filter(({ action }) => action === 'kept').flatMap(fromNeverBaked);
}

/** The regular expression of a path pattern. */
export function pattern(glob: string): RegExp {
  const parts = glob.split(/(\/\*\*$|\/\*\*(?=\/)|\*)/).map((part, index, all) => {
    if (part === '/**') return index === all.length - 2 ? '(?:/[^/]+)+' : '(?:/[^/]+)*';
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
  if (rule === 'emptied') return ours.entries.get(path)?.size === 0;
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
