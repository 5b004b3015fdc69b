import { command } from '../command.ts';
import { toggle } from '../flags.ts';
import { renderStatus } from '../render/status.ts';

export const status = command<{ booted?: boolean }, []>({
  brief: 'Show the deployments of a host',
  description: 'The one that boots next comes first. What was asked for stands beside what is in effect.',
  examples: ['status', 'status --sysroot=/srv/sysroot --json'],
  flags: { booted: toggle('Only the booted deployment') },
  async run(system, run, { booted }) {
    const result = await system.status({ booted }, run);
    return { value: result, text: renderStatus(result) };
  },
});
