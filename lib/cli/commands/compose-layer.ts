import { command } from '../command.ts';
import { option, options, text } from '../flags.ts';
import {
  type BuildFlags,
  buildFlags,
  buildOptions,
  buildOutcome,
  type ParentFlags,
  packageArguments,
  parentFlags,
  parentOptions,
} from './build-flags.ts';

interface Flags extends BuildFlags, ParentFlags {
  base: string;
  ref: string;
  remove?: readonly string[];
  treefile?: string;
  rootfs?: string;
}

export const composeLayer = command<Flags, string[]>({
  brief: 'Add packages to a commit, as a new commit',
  description:
    'Takes a base commit, adds and removes packages, runs their scripts and commits the result. No host is involved, ' +
    'and the cost follows the packages, not the size of the base.',
  examples: [
    'compose layer nginx --repo=/srv/repo --base=debian/server --ref=debian/web',
    'compose layer ./local.deb --repo=/srv/repo --base=debian/server --ref=debian/test --remove=vim-tiny',
  ],
  flags: {
    base: { kind: 'parsed', parse: text, brief: 'Ref or commit to start from', placeholder: 'REF' },
    ref: { kind: 'parsed', parse: text, brief: 'Ref that receives the new commit', placeholder: 'NEW' },
    remove: options('Remove this package; may be given several times', 'PKG'),
    treefile: option("Take packages from this treefile's repos; default: the host's", 'FILE'),
    rootfs: option('Also write the tree as an ordinary Debian root', 'DIR'),
    ...parentFlags,
    ...buildFlags,
  },
  positional: { kind: 'array', parameter: packageArguments },
  async run(system, run, flags, ...install) {
    const { base, ref, treefile, rootfs } = flags;
    const request = { base, ref, install, remove: flags.remove && [...flags.remove], treefile, rootfs };
    const options = { ...request, ...parentOptions(flags), ...buildOptions(flags) };
    return buildOutcome(await system.composeLayer(options, run), flags);
  },
});
