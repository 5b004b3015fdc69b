/** Entry of the apt child process: the only place where apt.node is loaded. */
import { aptBinding, type RawResolveInput } from '../native/apt.ts';
import { callNative } from '../native/call.ts';
import { type ChildContext, serveChild } from '../native/child-server.ts';
import type { AptEvent } from './apt-events.ts';

const options = ({ signal, emit }: ChildContext) => ({
  signal,
  onProgress: (done: number, total: number, text: string) =>
    emit({ type: 'progress', done, total, text } satisfies AptEvent),
});

serveChild({
  configure: (setup: { config: string; host: boolean; hostConfig: string }, context) =>
    callNative(aptBinding(), options(context), (call) => aptBinding().configure(setup, call)),
  refresh: ({ listsLock }: { listsLock: string }, context) =>
    callNative(aptBinding(), options(context), (call) => aptBinding().refresh(listsLock, call)),
  resolve: (input: RawResolveInput, context) =>
    callNative(aptBinding(), options(context), (call) => aptBinding().resolve(input, call)),
  fetch: ({ wanted, ...locks }: FetchArguments, context) =>
    callNative(aptBinding(), options(context), (call) =>
      aptBinding().fetch(
        wanted,
        locks,
        (file) => context.emit({ type: 'file', file } satisfies AptEvent),
        call,
      ),
    ),
});

interface FetchArguments {
  listsLock: string;
  archivesLock: string;
  wanted: WantedPackage[];
}

interface WantedPackage {
  name: string;
  version: string;
  architecture: string;
  sha256: string;
}
