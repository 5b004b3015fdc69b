import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { hostSources } from './host-sources.ts';
import { run } from './run.ts';

const MERGED_USR = '/usr/share/mmdebstrap/hooks/maybe-merged-usr';

/** Today, so that a cache follows the archive without asking it each time. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/**
 * A plain minbase root of a suite (default bookworm), made by mmdebstrap from the host's sources and
 * kept for the day. It is shared: lay an overlay over it or copy it, never write into it.
 */
export async function minbase(suite = 'bookworm'): Promise<string> {
  const dir = await cached(`minbase-${suite}-${today()}`, async (partial) => {
    const sources = join(partial, 'debian.sources');
    await writeFile(sources, await hostSources(suite));
    const root = join(partial, 'root');
    await mkdir(root);
    const hook = suite === 'bookworm' ? [`--hook-dir=${MERGED_USR}`] : [];
    await run('mmdebstrap', [
      '--mode=root',
      '--format=directory',
      '--variant=minbase',
      ...hook,
      suite,
      root,
      sources,
    ]);
  });
  return join(dir, 'root');
}
