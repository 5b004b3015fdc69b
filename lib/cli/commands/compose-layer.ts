import { writeFile } from 'node:fs/promises';
import { command } from '../command.ts';
import { option, options, text, toggle } from '../flags.ts';
import { renderActions, renderCompose } from '../render/compose.ts';
import { type BuildFlags, dryRun, exitOf, unchangedExit77 } from './build-flags.ts';
import { type ScriptFlags, scriptFlags, scriptOptions } from './script-flags.ts';

interface Flags extends BuildFlags, ScriptFlags {
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
    'dry-run': dryRun,
    'download-only': toggle('Fetch the packages and stop'),
    'unchanged-exit-77': unchangedExit77,
    'force-nocache': toggle('Build even when nothing changed, and run every script anew'),
    'write-commitid-to': option('Write the commit into this file', 'FILE'),
    ...scriptFlags,
  },
  positional: {
    kind: 'array',
    parameter: {
      brief: 'Packages: name, name=version, name/suite, ./file.deb',
      parse: text,
      placeholder: 'PKG',
    },
  },
  async run(system, run, flags, ...install) {
    const result = await system.composeLayer(
      {
        base: flags.base,
        ref: flags.ref,
        install,
        remove: flags.remove && [...flags.remove],
        treefile: flags.treefile,
        rootfs: flags.rootfs,
        dryRun: flags['dry-run'],
        downloadOnly: flags['download-only'],
        forceNocache: flags['force-nocache'],
        scripts: scriptOptions(flags),
      },
      run,
    );
    if (flags['write-commitid-to'] && result.commit)
      await writeFile(flags['write-commitid-to'], result.commit);
    const planned = flags['dry-run'] ? `${renderActions(result.packages)}\n` : '';
    return { value: result, text: planned + renderCompose(result), exit: exitOf(result.unchanged, flags) };
  },
});
