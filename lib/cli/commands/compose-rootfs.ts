import { command } from '../command.ts';
import { text } from '../flags.ts';
import { summary } from '../render/compose.ts';
import { table } from '../render/table.ts';
import { type LockfileFlags, lockfileFlags, lockfileOptions } from './build-flags.ts';
import { type ScriptFlags, scriptFlags, scriptOptions } from './script-flags.ts';

export const composeRootfs = command<LockfileFlags & ScriptFlags, [string, string]>({
  brief: 'Write the tree of a treefile as an ordinary Debian root',
  description:
    'The same tree as `compose tree`, with plain /etc, /var and /var/lib/dpkg and without the OSTree layout. ' +
    'Files are copies (shared extents where the file system can): DIR never shares an inode with a repository.',
  examples: ['compose rootfs server.yaml /srv/root --repo=/srv/repo'],
  flags: { ...lockfileFlags, ...scriptFlags },
  positional: {
    kind: 'tuple',
    parameters: [
      { brief: 'Treefile (YAML or JSON)', parse: text, placeholder: 'TREEFILE' },
      { brief: 'Folder to write; must not exist, or be empty', parse: text, placeholder: 'DIR' },
    ],
  },
  async run(system, run, flags, treefile, dir) {
    const options = { treefile, dir, ...lockfileOptions(flags), scripts: scriptOptions(flags) };
    const result = await system.composeRootfs(options, run);
    return { value: result, text: table([['root', result.dir], ...summary(result)]) };
  },
});
