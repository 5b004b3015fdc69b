import type { ChildClient } from '../../native/child-client.ts';
import type { ChildContext, ChildMethods } from '../../native/child-server.ts';
import type { ScriptName } from '../../scripts/calls.ts';
import type {
  ScriptBackend,
  ScriptExecution,
  ScriptExecutionManager,
} from '../../scripts/script-execution-manager.ts';
import type { FailureDecision, FailurePolicy, ScriptResult } from '../../scripts/types.ts';
import type { OpenScriptsOptions } from '../requests.ts';
import type { AptOstreeSystem } from '../types.ts';

/** What the channel carries of a policy: whom it asks stays where it is. */
type PlainPolicy = Exclude<FailurePolicy, { kind: 'ask' }> | { kind: 'ask' } | undefined;

interface Opened {
  id: number;
  base: string;
}

type PlainExecution = Omit<ScriptExecution, 'policy'> & { policy: PlainPolicy };

/** Scripts that run in the engine's process. They end with it. */
export async function openRemoteScripts(
  client: ChildClient,
  options: Omit<OpenScriptsOptions, 'policy'>,
  signal: AbortSignal | undefined,
): Promise<ScriptBackend> {
  const { id, base } = await client.call<Opened>('scripts.open', options, { signal });
  return {
    base,
    execute({ policy, ...request }, during) {
      const plain: PlainExecution = { ...request, policy: policy?.kind === 'ask' ? { kind: 'ask' } : policy };
      const onQuestion = (result: unknown) =>
        policy?.kind === 'ask' ? policy.decide(result as ScriptResult) : 'fail';
      return client.call('scripts.execute', { id, request: plain }, { signal: during, onQuestion });
    },
    undo: (number) => client.call<ScriptResult>('scripts.undo', { id, number }),
    keep: () => client.call<void>('scripts.keep', { id }),
    readFile: (path) => client.call<Uint8Array | null>('scripts.read', { id, path }),
    scriptsOf: (name) => client.call<ScriptName[]>('scripts.of', { id, name }),
    async close() {
      if (client.alive) await client.call('scripts.close', { id });
    },
  };
}

/** The other side. `closing` aborts what runs when the engine is closed. */
export function remoteScriptMethods(engine: () => AptOstreeSystem, closing: AbortSignal): ChildMethods {
  const open = new Map<number, { manager: ScriptExecutionManager; results: ScriptResult[] }>();
  let next = 1;
  const signalOf = (context: ChildContext) => AbortSignal.any([context.signal, closing]);
  return {
    async 'scripts.open'(options: OpenScriptsOptions, context: ChildContext): Promise<Opened> {
      const manager = await engine().openScripts(options, { signal: signalOf(context) });
      open.set(next, { manager, results: [] });
      return { id: next++, base: manager.base };
    },
    async 'scripts.execute'({ id, request }: { id: number; request: PlainExecution }, context: ChildContext) {
      const { manager, results } = open.get(id)!;
      const decide = (result: ScriptResult) => context.ask(result) as Promise<FailureDecision>;
      const policy = request.policy?.kind === 'ask' ? { kind: 'ask' as const, decide } : request.policy;
      const result = await manager.execute({ ...request, policy }, { signal: signalOf(context) });
      return { number: results.push(result) - 1, result };
    },
    'scripts.undo': async ({ id, number }: { id: number; number: number }) => {
      const { manager, results } = open.get(id)!;
      return manager.undo(results[number]!);
    },
    'scripts.keep': async ({ id }: { id: number }) => open.get(id)!.manager.keep(),
    'scripts.read': async ({ id, path }: { id: number; path: string }) =>
      open.get(id)!.manager.readFile(path),
    'scripts.of': async ({ id, name }: { id: number; name: string }) => open.get(id)!.manager.scriptsOf(name),
    async 'scripts.close'({ id }: { id: number }) {
      await open.get(id)?.manager.close();
      open.delete(id);
    },
  };
}
