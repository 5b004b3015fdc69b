import { AptOstreeError } from '../errors/error.ts';
import { EXIT } from './exit.ts';

/** The first Ctrl-C aborts, and the running transaction cleans up; the second one ends the process at once. */
export function abortOnSignals(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    onFirst();
    controller.abort(new AptOstreeError('ERR_CANCELLED', 'cancelled; nothing has changed'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return controller.signal;
}
