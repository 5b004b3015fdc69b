import { command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { option, text } from '../flags.ts';
import { renderTriedScripts } from '../render/scripts.ts';
import { packageArguments } from './build-flags.ts';

export const tryScripts = command<{ base: string; treefile?: string }, string[]>({
  brief: 'Show what the scripts of packages would change',
  description:
    'Adds packages to a base commit in a work folder that is thrown away, runs every maintainer script in the sandbox and tells which paths each ' +
    'one changed. Nothing is committed; fetched packages stay in the repository as a cache. Ends with 1 at the first ' +
    'script that fails.',
  examples: ['try-scripts nginx --repo=/srv/repo --base=debian/server'],
  flags: {
    base: { kind: 'parsed', parse: text, brief: 'Ref or commit to start from', placeholder: 'REF' },
    treefile: option("Take packages from this treefile's repos; default: the host's", 'FILE'),
  },
  positional: {
    kind: 'array',
    parameter: packageArguments,
    minimum: 1,
  },
  async run(system, run, { base, treefile }, ...install) {
    const result = await system.tryScripts({ base, install, treefile }, run);
    return {
      value: result,
      text: renderTriedScripts(result),
      exit: result.failure ? EXIT.failed : EXIT.done,
    };
  },
});
