import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMetadata, LayerStack, PathChange, Savepoint } from '../../../lib/assembly/types.ts';
import { runSandbox, scanLayer } from '../../../lib/native/sandbox.ts';
import type { ScannedEntry } from '../../../lib/native/types.ts';

/** A stack of folders over one root, with the real sandbox and nothing else: no tree, no repository, no fold. */
export async function smallStack(root: string, work: string): Promise<LayerStack & { layers: string[] }> {
  const layers: string[] = [];
  let count = 0;
  await mkdir(join(work, 'merged'), { recursive: true });
  return {
    layers,
    tree: {
      lookup: async (path: string) =>
        lstat(join(root, path)).then(
          () => ({}) as FileMetadata,
          () => null,
        ),
    } as LayerStack['tree'],
    async run(request) {
      const [upper, scratch] = [join(work, `upper-${count}`), join(work, `work-${count++}`)];
      await mkdir(upper);
      await mkdir(scratch);
      const { argv, env, log, timeoutSeconds, outputLimit = 1 << 20, masks = [] } = request;
      const lowers = [...masks, ...layers.toReversed(), root];
      const folders = { lowers, upper, work: scratch, merged: join(work, 'merged') };
      const outcome = await runSandbox({ ...folders, argv, env, log, timeoutSeconds, outputLimit }, request);
      await rm(scratch, { recursive: true });
      layers.push(upper);
      return { outcome, changes: (await scanLayer(upper)).map(toChange) };
    },
    savepoint: async () => ({ height: layers.length }) as unknown as Savepoint,
    async pop(to) {
      const { height } = to as unknown as { height: number };
      for (const dir of layers.splice(height)) await rm(dir, { recursive: true });
    },
    release() {},
    push: (() => undefined) as unknown as LayerStack['push'],
    fold: (() => []) as unknown as LayerStack['fold'],
    async [Symbol.asyncDispose]() {
      for (const name of await readdir(work)) await rm(join(work, name), { recursive: true });
    },
  };
}

function toChange({ path, type, size }: ScannedEntry): PathChange {
  return { path, type, size, sizeBefore: null, kind: type === 'whiteout' ? 'removed' : 'modified' };
}
