import { parseRecord, RECORD } from '../build/record.ts';
import type { HistoryOptions, SystemOptions } from '../requests.ts';
import type { HistoryEntry, HistoryResult } from '../results.ts';
import { openCommit } from './commit-of.ts';
import { layerOf } from './why-layer.ts';

/** `history`: the scripts and steps that a commit comes from, in order, with the paths that each changed. */
export async function history(system: SystemOptions, options: HistoryOptions): Promise<HistoryResult> {
  await using opened = await openCommit(system, options.ref);
  const { repo, commit } = opened;
  const [data] = await repo.readFiles(commit, [RECORD]);
  const layers = data ? parseRecord(data) : [];
  const entries: HistoryEntry[] = layers
    .filter(({ origin }) => !options.scripts || origin.kind === 'script')
    .map(({ origin, state, changes }) => ({
      ...layerOf(origin),
      state: origin.kind === 'script' ? (state ?? 'succeeded') : null,
      changes: changes.map(([kind, path]) => ({ kind, path })),
    }));
  return { commit, entries };
}
