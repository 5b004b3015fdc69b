import type { LayoutMove } from './moves.ts';

/** Folder of the engine's own records in an OSTree tree; the plain tree never has it. */
export const RECORD_DIR = '/usr/lib/sysimage/apt-ostree';
export const LAYOUT_RECORD = `${RECORD_DIR}/layout.json`;

/** What the layout did to a plain tree, kept in the commit so that it can be undone exactly. */
export interface LayoutRecord {
  format: 1;
  /** Moves in the order in which they were made. */
  moves: LayoutMove[];
  /** Files, links and mount points that the plain tree does not have. */
  added: string[];
  /** Directories made to hold something else, parents first. */
  created: string[];
}

export function formatLayoutRecord(record: LayoutRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record, null, 1)}\n`);
}

/** Null where the bytes are not such a record. */
export function parseLayoutRecord(data: Buffer): LayoutRecord | null {
  let value: Partial<LayoutRecord> | null;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
  const isPath = (path: unknown) =>
    typeof path === 'string' && path.startsWith('/') && !path.includes('/../');
  const isList = (list: unknown) => Array.isArray(list) && list.every(isPath);
  if (value?.format !== 1 || !isList(value.added) || !isList(value.created)) return null;
  if (!Array.isArray(value.moves) || !value.moves.every((m) => isPath(m?.plain) && isPath(m?.ostree)))
    return null;
  return value as LayoutRecord;
}
