import { command } from '../command.ts';
import { option, text } from '../flags.ts';
import { renderWhy } from '../render/why.ts';

export const why = command<{ ref?: string }, [string]>({
  brief: 'Tell which package or script a path comes from',
  description:
    'Names the layer that the present state of a path comes from: a package, the very maintainer script that wrote ' +
    'it, the treefile, the database, the layout.',
  examples: [
    'why /etc/ssl/certs/ca-certificates.crt --repo=/srv/repo --ref=debian/server',
    'why /usr/sbin/nginx',
  ],
  flags: { ref: option('Ref or commit; default: the deployment of the host', 'REF') },
  positional: { kind: 'tuple', parameters: [{ brief: 'Absolute path', parse: text, placeholder: 'PATH' }] },
  async run(system, run, { ref }, path) {
    const result = await system.why({ path, ref }, run);
    return { value: result, text: renderWhy(result) };
  },
});
