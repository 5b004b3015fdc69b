import { type ScriptEvent, type ScriptStep, scriptCalls } from './calls.ts';
import type { ScriptExecutionManager } from './script-execution-manager.ts';
import type { FailurePolicy, ScriptResult } from './types.ts';

/**
 * Knows which maintainer scripts an event of a package calls, in which order and with which arguments (dpkg's), and
 * runs them on the tree of a `ScriptExecutionManager` as one: all of them succeed, or none has happened.
 *
 * ```js
 * const orchestrator = new ScriptOrchestrator(scripts);
 * const results = await orchestrator.run('nginx-common', { kind: 'remove', inFavourOf: null });
 * ```
 */
export class ScriptOrchestrator {
  readonly #manager: ScriptExecutionManager;

  constructor(manager: ScriptExecutionManager) {
    this.#manager = manager;
  }

  /** The calls of an event, in dpkg's order. Pure; a package need not have all of these scripts. */
  static calls(event: ScriptEvent): ScriptStep[] {
    return scriptCalls(event);
  }

  /**
   * Runs the scripts that a package of the tree has for an event. Files are not unpacked or removed between them, and
   * the scripts of the new version of an upgrade are those of the version that is there.
   *
   * @returns a result for each script that ran, in order
   * @throws what `ScriptExecutionManager.execute` throws; the scripts of this event that ran before are undone then
   */
  async run(
    packageName: string,
    event: ScriptEvent,
    options: { policy?: FailurePolicy | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<ScriptResult[]> {
    const { policy, signal } = options;
    const present = await this.#manager.scriptsOf(packageName);
    const results: ScriptResult[] = [];
    try {
      for (const { script, args } of scriptCalls(event)) {
        if (!present.includes(script)) continue;
        results.push(await this.#manager.execute({ package: packageName, script, args, policy }, { signal }));
      }
      return results;
    } catch (error) {
      const first = results.find((result) => result.state === 'succeeded');
      if (first) await this.#manager.undoFrom(first);
      throw error;
    }
  }
}
