import { command } from '../command.ts';
import { text, toggle } from '../flags.ts';
import { askFor, type HostFlags, hostAliases, hostFlags, hostOptions, hostOutcome } from './host-flags.ts';

interface Flags extends HostFlags {
  all?: boolean;
}

export const uninstall = command<Flags, string[]>({
  brief: 'Take requests for packages back',
  description:
    'The packages, and what only they needed, are not in the next deployment. The base stays as it is.',
  examples: ['uninstall nginx', 'uninstall --all'],
  flags: { ...hostFlags, all: toggle('Take every request back') },
  aliases: hostAliases,
  positional: { kind: 'array', parameter: { brief: 'Packages', parse: text, placeholder: 'PKG' } },
  question: (flags, ...packages) =>
    askFor(`Uninstall ${flags.all ? 'everything' : packages.join(' ')}`, flags),
  async run(system, run, flags, ...packages) {
    return hostOutcome(
      await system.uninstall({ ...hostOptions(flags), packages, all: flags.all }, run),
      flags,
    );
  },
});
