import { formatBytes, formatSeconds } from '../../monitor/format.ts';
import { command } from '../command.ts';
import { text, toggle } from '../flags.ts';
import { count } from '../render/table.ts';
import { dryRun } from './build-flags.ts';

interface Flags {
  'ignore-mtime'?: boolean;
  'dry-run'?: boolean;
}

export const dedup = command<Flags, string[]>({
  brief: 'Hardlink equal files of folders',
  description:
    'Files are equal when content, mode, owner, extended attributes and modification time are. ' +
    'The folders must lie on one file system and must not be written to meanwhile.',
  examples: ['dedup /srv/roots --dry-run', 'dedup /srv/root-a /srv/root-b --ignore-mtime'],
  flags: { 'ignore-mtime': toggle('Files may differ in their modification time'), 'dry-run': dryRun },
  positional: { kind: 'array', parameter: { brief: 'Folders', parse: text, placeholder: 'DIR' }, minimum: 1 },
  async run(system, run, flags, ...dirs) {
    const options = { dirs, ignoreMtime: flags['ignore-mtime'], dryRun: flags['dry-run'] };
    const result = await system.dedup(options, run);
    const verb = flags['dry-run'] ? 'would be linked' : 'linked';
    return {
      value: result,
      text: `${count(result.files, 'file')} looked at, ${result.linked.toLocaleString('en-US')} ${verb}, ${formatBytes(result.bytesSaved)} saved, ${formatSeconds(result.seconds)}`,
    };
  },
});
