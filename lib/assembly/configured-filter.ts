import { configuredPatterns, isConfigurationFile } from '../dpkg/path-configuration.ts';
import { PathFilter } from '../dpkg/path-filter.ts';
import { baseName } from './path.ts';
import type { LayeringContext } from './transaction.ts';
import type { TreeView } from './types.ts';

const FOLDER = '/etc/dpkg/dpkg.cfg.d';
const LAST = '/etc/dpkg/dpkg.cfg';

const TYPES = { d: 'dir', f: 'file', h: 'file', l: 'symlink' } as const;

/** The context of one run of dpkg, which reads its configuration in the tree when it starts. */
export async function withConfiguredFilter(ctx: LayeringContext): Promise<LayeringContext> {
  const patterns = configuredPatterns(await configuration(ctx.tree));
  if (patterns.length === 0) return ctx;
  const filter = new PathFilter(patterns);
  return {
    ...ctx,
    wanted: (path, type) => ctx.wanted(path, type) && !filter.excludes(path, TYPES[type]),
  };
}

async function configuration(tree: TreeView): Promise<string[]> {
  const listed = (await tree.list(FOLDER, 1)).map(({ path }) => path);
  const paths = [...listed.filter((path) => isConfigurationFile(baseName(path))), LAST];
  return (await tree.readMany(paths)).map((data) => data?.toString() ?? '');
}
