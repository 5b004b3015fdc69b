import { command } from '../command.ts';
import { option, options } from '../flags.ts';
import { renderResolve } from '../render/resolve.ts';
import { packageArguments } from './build-flags.ts';

interface Flags {
  treefile?: string;
  base?: string;
  remove?: readonly string[];
  graph?: string;
}

export const resolve = command<Flags, string[]>({
  brief: 'Tell what would be installed, why, and in which order',
  description:
    'The plan only; nothing is fetched but package lists. --treefile or --base give the start; else it is empty.',
  examples: [
    'resolve nginx --treefile=server.yaml',
    'resolve nginx --base=debian/server --repo=/srv/repo --graph=nginx.svg',
    'resolve nginx --json',
  ],
  flags: {
    treefile: option('Start from nothing, with the packages and repos of this treefile', 'FILE'),
    base: option('Start from what this commit holds', 'REF'),
    remove: options('Remove this package; may be given several times', 'PKG'),
    graph: option('Draw the graph into FILE.svg or FILE.dot', 'FILE'),
  },
  positional: {
    kind: 'array',
    parameter: packageArguments,
  },
  async run(system, run, { treefile, base, remove, graph }, ...install) {
    const plan = await system.resolve({ install, remove: remove && [...remove], treefile, base, graph }, run);
    return { value: plan, text: renderResolve(plan) };
  },
});
