import { command } from '../command.ts';
import { text, toggle } from '../flags.ts';
import { askFor, type HostFlags, hostAliases, hostFlags, hostOptions, hostOutcome } from './host-flags.ts';
import { type HostScriptFlags, hostScriptFlags, hostScriptOptions } from './script-flags.ts';

interface Flags extends HostFlags, HostScriptFlags {
  all?: boolean;
}

export const uninstall = command<Flags, string[]>({
  brief: 'Take requests back',
  description:
    'The packages, and what only they needed, are not in the next deployment. The base stays as it is. With ' +
    '--unskip-script, a script whose failure was forgiven is needed again.',
  examples: ['uninstall nginx', 'uninstall --all', 'uninstall --unskip-script=nginx.postinst'],
  flags: { ...hostFlags, ...hostScriptFlags, all: toggle('Take every request back') },
  aliases: hostAliases,
  positional: { kind: 'array', parameter: { brief: 'Packages', parse: text, placeholder: 'PKG' } },
  question: (flags, ...packages) =>
    askFor(
      `Uninstall ${flags.all ? 'everything' : [...packages, ...(flags['unskip-script'] ?? [])].join(' ')}`,
      flags,
    ),
  async run(system, run, flags, ...packages) {
    return hostOutcome(
      await system.uninstall(
        { ...hostOptions(flags), packages, all: flags.all, scripts: hostScriptOptions(flags) },
        run,
      ),
      flags,
    );
  },
});
