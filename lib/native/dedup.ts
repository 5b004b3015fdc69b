import { type CallOptions, callNative, type NativeCall } from './call.ts';
import { type OstreeBinding, ostreeBinding } from './ostree.ts';

export interface DedupOptions extends CallOptions {
  /** Only count. */
  dryRun?: boolean | undefined;
  /** Link files that differ only in their time of modification. */
  ignoreMtime?: boolean | undefined;
}

export interface DedupStats {
  /** Regular files with content that were looked at. */
  files: number;
  /** Names that became links to another file. */
  linked: number;
  /** Sizes of the files that have no name left. */
  bytesSaved: number;
}

interface DedupBinding extends OstreeBinding {
  dedup(dirs: string[], dryRun: boolean, ignoreMtime: boolean, call: NativeCall): Promise<DedupStats>;
}

/**
 * Makes files of these folders hardlinks of one another where content, owner, mode, extended attributes and time are
 * equal, within each file system. Every name exists at every moment. Cancelled half way, what is linked stays so.
 * @throws ERR_SYSTEM
 */
export function dedup(dirs: string[], options?: DedupOptions): Promise<DedupStats> {
  const binding = ostreeBinding() as DedupBinding;
  const { dryRun = false, ignoreMtime = false } = options ?? {};
  return callNative(binding, options, (call) => binding.dedup(dirs, dryRun, ignoreMtime, call));
}
