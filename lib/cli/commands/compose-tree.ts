import { command } from '../command.ts';
import { option, text, toggle } from '../flags.ts';
import {
  type BuildFlags,
  buildFlags,
  buildOptions,
  buildOutcome,
  type LockfileFlags,
  lockfileFlags,
  lockfileOptions,
} from './build-flags.ts';

interface Flags extends BuildFlags, LockfileFlags {
  parent?: string;
  'no-parent'?: boolean;
}

export const composeTree = command<Flags, [string]>({
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
    parent: option(
      'Parent of the new commit, which gives accounts their numbers; default: what the ref holds',
      'REV',
    ),
    'no-parent': toggle('The new commit has no parent'),
    ...buildFlags,
  },
  positional: {
    kind: 'tuple',
    parameters: [{ brief: 'Treefile (YAML or JSON)', parse: text, placeholder: 'TREEFILE' }],
  },
  async run(system, run, flags, treefile) {
    const parent = flags['no-parent'] ? null : flags.parent;
    const options = { treefile, parent, ...lockfileOptions(flags), ...buildOptions(flags) };
    return buildOutcome(await system.composeTree(options, run), flags);
  },
});
