import { EXIT } from '../exit.ts';
import { toggle } from '../flags.ts';

/** Flags that the commands which build a commit share. */
export interface BuildFlags {
  'dry-run'?: boolean;
  'download-only'?: boolean;
  'unchanged-exit-77'?: boolean;
  'force-nocache'?: boolean;
  'write-commitid-to'?: string;
}

export const dryRun = toggle('Only tell what would be done');
export const unchangedExit77 = toggle('End with 77 when there is nothing to do');

export function exitOf(unchanged: boolean, flags: { 'unchanged-exit-77'?: boolean }): number {
  return unchanged && flags['unchanged-exit-77'] ? EXIT.unchanged : EXIT.done;
}
