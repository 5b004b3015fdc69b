import { command } from '../command.ts';
import { options, toggle } from '../flags.ts';
import { packageArguments } from './build-flags.ts';
import { askFor, type HostFlags, hostAliases, hostFlags, hostOptions, hostOutcome } from './host-flags.ts';
import { type HostScriptFlags, hostScriptFlags, hostScriptOptions } from './script-flags.ts';

interface Flags extends HostFlags, HostScriptFlags {
  uninstall?: readonly string[];
  idempotent?: boolean;
  'allow-inactive'?: boolean;
}

export const install = command<Flags, string[]>({
  brief: 'Add packages to a host',
  description:
    'Records the packages as requested, builds the base plus all requests as a new commit and deploys it. The running ' +
    'system is left alone until the next boot.',
  examples: [
    'install nginx',
    'install ./local.deb --uninstall=apache2 --reboot',
    'install nginx --sysroot=/srv/sysroot',
  ],
  flags: {
    ...hostFlags,
    ...hostScriptFlags,
    uninstall: options('Take this request back in the same step', 'PKG'),
    idempotent: toggle('A package that is requested already is no error'),
    'allow-inactive': toggle('Record a request for a package that the base holds already'),
  },
  aliases: hostAliases,
  positional: {
    kind: 'array',
    parameter: packageArguments,
    minimum: 1,
  },
  question: (flags, ...packages) => askFor(`Install ${packages.join(' ')}`, flags),
  async run(system, run, flags, ...packages) {
    const request = {
      ...hostOptions(flags),
      install: packages,
      uninstall: flags.uninstall && [...flags.uninstall],
      idempotent: flags.idempotent,
      allowInactive: flags['allow-inactive'],
      scripts: hostScriptOptions(flags),
    };
    return hostOutcome(await system.install(request, run), flags);
  },
});
