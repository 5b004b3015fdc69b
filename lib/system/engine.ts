import { AptOstreeError } from '../errors/error.ts';
import type { SystemOptions } from './requests.ts';
import type { AptOstreeSystem } from './types.ts';

/** Opens the engine in this process. A crash of libostree or libapt-pkg is then a crash of this process. */
export async function openEngine(_options: SystemOptions): Promise<AptOstreeSystem> {
  throw new AptOstreeError('ERR_INTERNAL', 'the engine is not there yet');
}
