import { writeFile } from 'node:fs/promises';
import type { FileMetadata, LayerStack, RunRequest, Savepoint } from '../../lib/assembly/types.ts';
import type { SandboxOutcome } from '../../lib/native/types.ts';

/** A stack that runs nothing: outcomes are given, and what was asked of it is noted. */
export interface FakeStack extends LayerStack {
  readonly events: string[];
  readonly requests: RunRequest[];
}

export function fakeStack(outcomes: (Partial<SandboxOutcome> | Error)[]): FakeStack {
  const events: string[] = [];
  const requests: RunRequest[] = [];
  const savepoints: object[] = [];
  const end = (to: Savepoint, word: string) => {
    if (savepoints.pop() !== (to as object)) throw new Error('savepoints out of order');
    events.push(word);
  };
  return {
    events,
    requests,
    tree: { lookup: async () => null as FileMetadata | null } as unknown as LayerStack['tree'],
    async run(request) {
      events.push('run');
      requests.push(request);
      const given = outcomes.shift() ?? {};
      if (given instanceof Error) throw given;
      const good = { exit: 0, signal: null, timedOut: false, outputTruncated: false, seconds: 0.1, tail: '' };
      const outcome: SandboxOutcome = { ...good, ...given };
      await writeFile(request.log, outcome.tail);
      return {
        outcome,
        changes: [{ path: '/etc/foo', kind: 'added', type: 'file', size: 3, sizeBefore: null }],
      };
    },
    async savepoint() {
      const point = {};
      savepoints.push(point);
      events.push('savepoint');
      return point as unknown as Savepoint;
    },
    async pop(to) {
      end(to, 'pop');
    },
    release(to) {
      end(to, 'release');
    },
    push: (() => undefined) as unknown as LayerStack['push'],
    fold: (() => []) as unknown as LayerStack['fold'],
    async [Symbol.asyncDispose]() {},
  };
}
