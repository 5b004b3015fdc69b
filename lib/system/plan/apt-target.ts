import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeView } from '../../assembly/types.ts';
import { folderOf } from '../../resolution/apt-folders.ts';
import type { AptTarget, Repos } from '../../resolution/plan.ts';

export interface TargetOptions {
  /** Folder that holds apt's folders, one for each set of sources. */
  aptDir: string;
  repos: Repos;
  architecture: string;
  recommends: boolean;
}

/** The apt target of an empty tree. */
export function emptyTarget({ aptDir, repos, architecture, recommends }: TargetOptions): AptTarget {
  return {
    dir: folderOf(aptDir, { repos, architecture }),
    repos,
    architecture,
    foreignArchitectures: [],
    status: null,
    extendedStates: null,
    preferences: '',
    recommends,
    maxAge: 0,
  };
}

/** The apt target of a tree that has packages; `dir` receives copies of its status and its marks. */
export async function treeTarget(tree: TreeView, dir: string, options: TargetOptions): Promise<AptTarget> {
  const [status, marks, arch] = await tree.readMany([
    '/var/lib/dpkg/status',
    '/var/lib/apt/extended_states',
    '/var/lib/dpkg/arch',
  ]);
  const target = emptyTarget(options);
  const architectures = (arch?.toString('utf8') ?? '').split('\n').filter(Boolean);
  target.foreignArchitectures = architectures.filter((a) => a !== target.architecture);
  target.status = join(dir, 'status');
  await writeFile(target.status, status ?? '');
  if (marks) {
    target.extendedStates = join(dir, 'extended_states');
    await writeFile(target.extendedStates, marks);
  }
  return target;
}
