import { formatBytes, formatSeconds } from '../../monitor/format.ts';
import { command } from '../command.ts';
import { text } from '../flags.ts';
import { count, shortChecksum, table } from '../render/table.ts';

export const importDebs = command<object, string[]>({
  brief: 'Import packages into a repository as commits',
  description:
    'Each .deb becomes one commit, named by its SHA-256. The same .deb always gives the same commit, and one that is ' +
    'there already costs only its hash. Either all are imported or none.',
  examples: [
    'import ./nginx_1.22.1-9_amd64.deb --repo=/srv/repo',
    'import pool/*.deb --repo=/srv/repo --json',
  ],
  flags: {},
  positional: {
    kind: 'array',
    parameter: { brief: 'Packages', parse: text, placeholder: 'FILE.deb' },
    minimum: 1,
  },
  async run(system, run, _flags, ...files) {
    const result = await system.importDebs({ files }, run);
    const rows = result.packages.map((p) => [
      `${p.name}:${p.architecture}`,
      p.version,
      shortChecksum(p.commit),
      p.cached ? 'there already' : `${count(p.objectsWritten, 'object')}, ${formatBytes(p.bytesWritten)}`,
      p.ref,
    ]);
    const { written, reused } = result.objects;
    const total = `${count(result.packages.length, 'package')} in ${formatSeconds(result.seconds)}: ${count(written, 'object')} written (${formatBytes(result.bytesWritten)}), ${reused.toLocaleString('en-US')} reused`;
    return { value: result, text: `${table(rows)}\n${total}` };
  },
});
