import type { OverlayStack } from '../../assembly/layer-stack.ts';
import type { LiveDatabase } from '../../assembly/live-database.ts';
import type { LayerChange, PathChange } from '../../assembly/types.ts';
import { type RecordedLayer, recordLayer } from '../build/record.ts';
import { type AccountMaker, addedRows, atLast } from './added.ts';
import { checkDrift } from './drift.ts';
import { addedHomes, homeChanges, isDueHome } from './homes.ts';
import { type AccountLines, accountChanges, nameOf, numberOf, readAccountLines } from './lines.ts';
import { withoutLocal } from './local.ts';
import { type AccountRow, mergeAccounts, rowKey } from './rows.ts';
import { seedLines, withoutHeld } from './seeds.ts';

/** Keeps the numbers of accounts from one tree to the next: files in /var of hosts belong to numbers. */
export interface AccountKeeper {
  /** Puts what is recorded into the tree, as far as it can stand there yet; before every run. */
  prepare(maker: AccountMaker): Promise<void>;
  /** After a run that changed an account file. */
  note(maker: AccountMaker, changes: readonly PathChange[]): Promise<void>;
  /**
   * True when a run has made accounts that a package which is not in the tree had made before: the run is to be
   * undone and made again, and finds them with their old numbers.
   */
  wake(maker: AccountMaker): Promise<boolean>;
  /** Whether `wake` may find anything. */
  readonly sleeping: boolean;
  /** After the last run: nothing is held any more. @throws ERR_ACCOUNT_DRIFT */
  finish(): Promise<void>;
  /** All that the next tree must know. */
  rows(): AccountRow[];
}

const ORIGIN = { kind: 'accounts' } as const;

export interface KeeperOptions {
  stack: Pick<OverlayStack, 'push' | 'tree'>;
  live: Pick<LiveDatabase, 'absorb'>;
  rows: readonly AccountRow[];
  /** Accounts of the host alone. */
  local: readonly AccountRow[];
  /** Names of the packages that the tree will have. */
  packages: ReadonlySet<string>;
  record: RecordedLayer[];
}

export function accountKeeper({ stack, live, rows, local, packages, record }: KeeperOptions): AccountKeeper {
  const { tree } = stack;
  const seeded = new Set<string>();
  let known = mergeAccounts(rows, local);
  /** What the tree still has to get; each row once, as a script may take an account away on purpose. */
  let pending = known.filter((row) => isAwake(row, packages));
  let before: AccountLines = { passwd: null, group: null, shadow: null, gshadow: null };

  const asleep = () => known.filter((row) => !isAwake(row, packages));
  const put = async (changes: LayerChange[]) => {
    stack.push(ORIGIN, changes);
    await live.absorb(changes);
  };
  const prepare = async (maker: AccountMaker | null) => {
    const now = await readAccountLines(tree);
    before = now;
    if (pending.length === 0 && asleep().length === 0) return;
    before = seedLines(now, { awake: pending, asleep: asleep() }, seeded);
    const due = pending.filter((row) => maker && isDueHome(row, maker));
    const homes = await homeChanges(tree, due, seeded);
    pending = pending.filter((row) => !due.includes(row) && !isSettled(row, before));
    await put([...(await accountChanges(tree, now, before)), ...homes]);
    const lasting = await accountChanges(tree, withoutHeld(now), withoutHeld(before));
    const seeds = [
      ...lasting.map(({ path }) => ({ kind: 'modified' as const, path })),
      ...homes.map(({ path }) => ({ kind: 'added' as const, path })),
    ];
    if (seeds.length > 0) record.push(recordLayer(ORIGIN, seeds));
  };
  return {
    prepare,
    get sleeping() {
      return asleep().length > 0;
    },
    async note(maker, changes) {
      const after = await readAccountLines(tree);
      const added = addedRows(before, after, maker.package);
      known = mergeAccounts(known, [...added, ...(await addedHomes(tree, added, maker, changes))]);
      before = after;
    },
    async wake(maker) {
      const after = await readAccountLines(tree);
      const made = new Map(addedRows(before, after, maker.package).map((row) => [rowKey(row), row]));
      const woken = asleep().filter((row) => made.has(rowKey(row)) && row.file !== 'member');
      const names = new Set(woken.map((row) => nameOf(row.line)));
      const heirloom = (row: AccountRow) =>
        !isAwake(row, packages) && row.file !== 'member' && names.has(nameOf(row.line));
      known = known.map((row) => {
        if (!heirloom(row)) return row;
        const own = { ...row, package: maker.package };
        pending.push(own);
        return own;
      });
      return woken.some(
        (row) => isNumbered(row) && numberOf(row.line) !== numberOf(made.get(rowKey(row))!.line),
      );
    },
    async finish() {
      // Also where no script ran at all: a package's account does not go with its scripts.
      await prepare(null);
      const now = await readAccountLines(tree);
      const clean = withoutHeld(now);
      await put(await accountChanges(tree, now, clean));
      checkDrift(rows, clean);
      const earlier = new Set(rows.map(rowKey));
      known = known.flatMap((row) => (earlier.has(rowKey(row)) ? [row] : atLast(row, clean)));
    },
    rows: () => withoutLocal(known),
  };
}

function isAwake(row: AccountRow, packages: ReadonlySet<string>): boolean {
  return packages.has(row.package);
}

/** Whether everything stands that a row needs, so that it is in the tree now or never. */
function isSettled({ file, line }: AccountRow, now: AccountLines): boolean {
  if (file === 'home') return false;
  if (file !== 'member') return now[file] !== null;
  const [of, group, user] = line.split(':');
  const has = (name: string | undefined, lines: string[] | null) =>
    lines?.some((each) => nameOf(each) === name) ?? false;
  return has(group, now[of as 'group' | 'gshadow']) && has(user, now.passwd);
}

function isNumbered({ file }: AccountRow): boolean {
  return file === 'passwd' || file === 'group';
}
