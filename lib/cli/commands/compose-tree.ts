import { writeFile } from 'node:fs/promises';
import { command } from '../command.ts';
import { option, text, toggle } from '../flags.ts';
import { renderActions, renderCompose } from '../render/compose.ts';
import { type BuildFlags, dryRun, exitOf, unchangedExit77 } from './build-flags.ts';
import { type ScriptFlags, scriptFlags, scriptOptions } from './script-flags.ts';

interface Flags extends BuildFlags, ScriptFlags {
  lockfile?: string;
  'write-lockfile'?: string;
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
    lockfile: option('Take exactly the versions of this lockfile', 'FILE'),
    'write-lockfile': option('Write the versions that were taken', 'FILE'),
    parent: option(
      'Parent of the new commit, which gives accounts their numbers; default: what the ref holds',
      'REV',
    ),
    'no-parent': toggle('The new commit has no parent'),
    'dry-run': dryRun,
    'download-only': toggle('Fetch the packages and stop'),
    'unchanged-exit-77': unchangedExit77,
    'force-nocache': toggle('Build even when nothing changed, and run every script anew'),
    'write-commitid-to': option('Write the commit into this file', 'FILE'),
    ...scriptFlags,
  },
  positional: {
    kind: 'tuple',
    parameters: [{ brief: 'Treefile (YAML or JSON)', parse: text, placeholder: 'TREEFILE' }],
  },
  async run(system, run, flags, treefile) {
    const result = await system.composeTree(
      {
        treefile,
        lockfile: flags.lockfile,
        writeLockfile: flags['write-lockfile'],
        parent: flags['no-parent'] ? null : flags.parent,
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
