import type { CommandContext } from '@stricli/core';
import type { ProgressStream } from '../monitor/choose.ts';
import type { SystemOptions } from '../system/requests.ts';
import type { AptOstreeSystem } from '../system/types.ts';

/** What the command line needs of the world; tests give their own. */
export interface CliWorld {
  stdout: { write(text: string): void };
  stderr: ProgressStream;
  /** Opens the engine. */
  open(options: SystemOptions): Promise<AptOstreeSystem>;
  /** Asks a yes-or-no question; null when there is nobody to ask. */
  confirm: ((question: string) => Promise<boolean>) | null;
  signal: AbortSignal;
  version: string;
}

/** What a command is called with: the world, and where it leaves its exit status. */
export interface CliContext extends CommandContext {
  readonly world: CliWorld;
  exit: number;
}
