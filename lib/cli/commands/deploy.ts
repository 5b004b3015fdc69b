import { command } from '../command.ts';
import { options, text } from '../flags.ts';
import { askFor, type HostFlags, hostAliases, hostFlags, hostOptions, hostOutcome } from './host-flags.ts';

interface Flags extends HostFlags {
  karg?: readonly string[];
}

export const deploy = command<Flags, [string]>({
  brief: 'Deploy a commit',
  description:
    'Makes a commit the deployment that boots next; the one before stays for a rollback. Also makes the first ' +
    'deployment of an empty sysroot: --os=NAME creates the OS, --repo=R names the repository to take the commit from.',
  examples: [
    'deploy debian/server',
    'deploy version=12.1',
    'deploy debian/server --sysroot=/srv/sysroot --os=debian --repo=/srv/repo',
  ],
  flags: { ...hostFlags, karg: options('Kernel argument to add; may be given several times', 'KEY=VALUE') },
  aliases: hostAliases,
  positional: {
    kind: 'tuple',
    parameters: [{ brief: 'Ref, commit, or version=V', parse: text, placeholder: 'REV' }],
  },
  question: (flags, rev) => askFor(`Deploy ${rev}`, flags),
  async run(system, run, flags, rev) {
    const kargs = flags.karg && [...flags.karg];
    return hostOutcome(await system.deploy({ ...hostOptions(flags), rev, kargs }, run), flags);
  },
});
