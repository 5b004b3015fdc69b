import { type OpenSystem, openSystem } from './system/open.ts';

export type { PathChange } from './assembly/types.ts';
export { formatLockfile, type LockedPackage, parseLockfile } from './compose/lockfile.ts';
export { loadTreefile, type Treefile } from './compose/treefile.ts';
export type { TreefileInput } from './compose/treefile-schema.ts';
export { ERROR_CODES, type ErrorCode } from './errors/codes.ts';
export { AptOstreeError, type ErrorValue } from './errors/error.ts';
export type { Monitor, ProgressEvent, RunOptions } from './monitor/monitor.ts';
export type { Peer, ScriptEvent, ScriptName, ScriptStep } from './scripts/calls.ts';
export { type ScriptExecution, ScriptExecutionManager } from './scripts/script-execution-manager.ts';
export { ScriptOrchestrator } from './scripts/script-orchestrator.ts';
export type {
  FailureDecision,
  FailurePolicy,
  ScriptCall,
  ScriptResult,
  ScriptState,
} from './scripts/types.ts';
export type { OpenOptions } from './system/open.ts';
export type * from './system/requests.ts';
export type * from './system/results.ts';
export type { TransactionRun } from './system/types.ts';

/** The engine; open one with `AptOstreeSystem.open`. */
export type AptOstreeSystem = OpenSystem;
export const AptOstreeSystem = { open: openSystem };
