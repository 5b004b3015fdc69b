import { ScriptExecutionManager } from '../scripts/script-execution-manager.ts';
import type { SystemOptions } from './requests.ts';
import type { AptOstreeSystem } from './types.ts';
import { composeLayer } from './verbs/compose-layer.ts';
import { composeRootfs } from './verbs/compose-rootfs.ts';
import { composeTree } from './verbs/compose-tree.ts';
import { dedup } from './verbs/dedup.ts';
import { deploy } from './verbs/deploy.ts';
import { history } from './verbs/history.ts';
import { importDebs } from './verbs/import-debs.ts';
import { install, uninstall } from './verbs/install.ts';
import { openScripts } from './verbs/open-scripts.ts';
import { resolve } from './verbs/resolve.ts';
import { status } from './verbs/status.ts';
import { tryScripts } from './verbs/try-scripts.ts';
import { why } from './verbs/why.ts';

/** Opens the engine in this process. A crash of libostree is then a crash of this process. */
export async function openEngine(system: SystemOptions): Promise<AptOstreeSystem> {
  const opened = new Set<ScriptExecutionManager>();
  return {
    composeTree: (options, run = {}) => composeTree(system, options, run),
    composeRootfs: (options, run = {}) => composeRootfs(system, options, run),
    composeLayer: (options, run = {}) => composeLayer(system, options, run),
    tryScripts: (options, run = {}) => tryScripts(system, options, run),
    async openScripts({ policy, ...options }, run = {}) {
      const backend = await openScripts(system, options, run);
      const close = async () => {
        await backend.close();
        opened.delete(manager);
      };
      const manager = new ScriptExecutionManager({ ...backend, close }, policy);
      opened.add(manager);
      return manager;
    },
    resolve: (options, run = {}) => resolve(system, options, run),
    importDebs: (options, run = {}) => importDebs(system, options, run),
    dedup: (options, run = {}) => dedup(options, run),
    why: (options, run = {}) => why(system, options, run),
    history: (options = {}) => history(system, options),
    status: (options = {}, run = {}) => status(system, options, run),
    deploy: (options, run = {}) => deploy(system, options, run),
    install: (options, run = {}) => install(system, options, run),
    uninstall: (options, run = {}) => uninstall(system, options, run),
    async [Symbol.asyncDispose]() {
      for (const manager of opened) await manager.close();
    },
  };
}
