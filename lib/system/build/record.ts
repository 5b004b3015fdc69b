import type { LayerOrigin, PathChange } from '../../assembly/types.ts';
import { AptOstreeError } from '../../errors/error.ts';
import { RECORD_DIR } from '../../layout/layout-record.ts';

/** One run and what it changed; the package layers are in the dpkg database already. */
export interface RecordedLayer {
  origin: LayerOrigin;
  /** `skipped`: it failed, and the tree goes without what it did. Absent: it succeeded. */
  state?: 'skipped';
  /** `[kind, path]`, sorted by path; empty for a run that changed nothing. */
  changes: [PathChange['kind'], string][];
}

/** Where a commit keeps the record: a part of the layout, so a plain tree does not have it. */
export const RECORD = `${RECORD_DIR}/record.json`;

/** Plain values in a fixed order and no times: equal transactions write equal records. */
export function formatRecord(layers: readonly RecordedLayer[]): Buffer {
  const lines = layers.map((layer) => JSON.stringify(layer));
  return Buffer.from(`{"format":1,"layers":[\n${lines.join(',\n')}\n]}\n`);
}

/** @throws ERR_OSTREE when the record is of another version. */
export function parseRecord(data: Buffer): RecordedLayer[] {
  const value = JSON.parse(data.toString('utf8')) as { format: number; layers: RecordedLayer[] };
  if (value.format !== 1)
    throw new AptOstreeError('ERR_OSTREE', `the record of the commit has format ${value.format}`, {
      hint: 'use a newer apt-ostree',
    });
  return value.layers;
}

export function recordLayer(
  origin: LayerOrigin,
  changes: readonly Pick<PathChange, 'kind' | 'path'>[],
): RecordedLayer {
  return { origin, changes: changes.map(({ kind, path }) => [kind, path]) };
}

/** A script that failed for good and was forgiven. */
export function recordSkipped(origin: LayerOrigin): RecordedLayer {
  return { origin, state: 'skipped', changes: [] };
}
