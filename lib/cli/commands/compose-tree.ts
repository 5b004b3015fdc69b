import { command } from '../command.ts';
import { text } from '../flags.ts';
import {
  type BuildFlags,
  buildFlags,
  buildOptions,
  buildOutcome,
  type LockfileFlags,
  lockfileFlags,
  lockfileOptions,
  type ParentFlags,
  parentFlags,
  parentOptions,
} from './build-flags.ts';

export const composeTree = command<BuildFlags & LockfileFlags & ParentFlags, [string]>({
  brief: 'Compose a tree from a treefile and commit it to its ref',
  description:
    'Resolves the packages, imports those that are new, assembles the tree, runs the maintainer scripts and commits ' +
    'the result to the ref of the treefile. When nothing changed since the last compose, nothing is written.',
  examples: [
    'compose tree server.yaml --repo=/srv/repo',
    'compose tree server.yaml --repo=/srv/repo --write-lockfile=server.lock',
    'compose tree server.yaml --repo=/srv/repo --lockfile=server.lock --unchanged-exit-77 --json',
  ],
  flags: {
    ...lockfileFlags,
    ...parentFlags,
    ...buildFlags,
  },
  positional: {
    kind: 'tuple',
    parameters: [{ brief: 'Treefile (YAML or JSON)', parse: text, placeholder: 'TREEFILE' }],
  },
  async run(system, run, flags, treefile) {
    const options = {
      treefile,
      ...parentOptions(flags),
      ...lockfileOptions(flags),
      ...buildOptions(flags),
    };
    return buildOutcome(await system.composeTree(options, run), flags);
  },
});
