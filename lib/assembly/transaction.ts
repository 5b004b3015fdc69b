import type { ConffilePolicy } from '../dpkg/conffile-decision.ts';
import type { PackageRecord } from '../dpkg/types.ts';
import type { ScriptCall } from '../scripts/types.ts';
import type { LiveDatabase } from './live-database.ts';
import type { Member } from './payload.ts';
import type { Tree } from './tree.ts';
import type { LayerOrigin, LayerStack } from './types.ts';

/** What the steps of a transaction work on. */
export interface LayeringContext {
  stack: LayerStack;
  tree: Tree;
  live: LiveDatabase;
  /** Runs one script on the stack as it is; a failure that policy does not forgive is thrown. */
  runScript(call: ScriptCall): Promise<void>;
  readObject(checksum: string): Promise<Buffer>;
  /** False keeps a path out of the tree (documentation, locales, what the tree's dpkg is told to leave out). */
  wanted(path: string, type: Member['type']): boolean;
  /** What becomes of conffiles that the user and the package changed, or that the user removed; default: the user's stay. */
  conffiles?: ConffilePolicy;
  /** Called when a package reaches a new step, for progress. */
  onStep(step: { kind: 'unpack' | 'configure' | 'remove' | 'trigger'; package: string }): void;
}

export function originOf(record: Pick<PackageRecord, 'name' | 'version' | 'architecture'>): LayerOrigin {
  return {
    kind: 'package',
    package: record.name,
    version: record.version ?? '',
    architecture: record.architecture,
  };
}
