import { command } from '../command.ts';
import { option, toggle } from '../flags.ts';
import { renderHistory } from '../render/scripts.ts';

export const history = command<{ ref?: string; scripts?: boolean }, []>({
  brief: 'List the scripts and steps that a commit comes from',
  description:
    'In the order in which they ran, with the paths that each one changed. Scripts that failed and were skipped are told too.',
  examples: ['history --scripts', 'history --scripts --repo=/srv/repo --ref=debian/server --json'],
  flags: {
    ref: option('Ref or commit; default: the deployment of the host', 'REF'),
    scripts: toggle('Only maintainer scripts'),
  },
  async run(system, run, { ref, scripts }) {
    const result = await system.history({ ref, scripts }, run);
    return { value: result, text: renderHistory(result) };
  },
});
