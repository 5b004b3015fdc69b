import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentMonitor } from '../../lib/monitor/monitor.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

const key = (path: string, kind = 'PRIVATE KEY') => `echo '-----BEGIN ${kind}-----' > ${path}`;

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'server' },
      files: 'd /var/lib/server 0755\nd /usr/share 0755',
      scripts: {
        postinst: [
          ...[key('/etc/server.pem', 'RSA PRIVATE KEY'), key('/var/lib/server/key')],
          ...[key('/etc/public.pem', 'PUBLIC KEY'), key('/usr/share/example.pem'), key('/var/log/key')],
          `${key('/etc/gone.pem')}; rm /etc/gone.pem`,
        ].join('\n'),
      },
    },
    {
      control: { Package: 'other' },
      files: 'f /etc/shipped.pem 0644 root root -----BEGIN PRIVATE KEY-----',
      scripts: { postinst: 'touch /etc/other; chmod 600 /etc/shipped.pem; chmod 640 /etc/server.pem' },
    },
  ]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

function warnings() {
  const told: string[] = [];
  return { told, monitor: { ...silentMonitor, warning: (text: string) => void told.push(text) } };
}

const text = (path: string) =>
  `${path}: a private key that server.postinst made is in the image, the same for every host`;

it('warns of private keys that scripts leave in an image', async () => {
  const { told, monitor } = warnings();
  await s.system.composeTree({ treefile: s.treefile({ packages: ['server'] }) }, { monitor });
  expect(told).toEqual([text('/etc/server.pem'), text('/var/lib/server/key')]);
});

it('warns in the transaction that makes them, and in no later one', async () => {
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base' }) });
  const { told, monitor } = warnings();
  const layer = (base: string, ref: string, install: string[]) =>
    s.system.composeLayer({ base, ref, treefile: s.treefile(), install }, { monitor });
  await layer('test/base', 'test/server', ['server']);
  expect(told).toEqual([text('/etc/server.pem'), text('/var/lib/server/key')]);
  await layer('test/server', 'test/other', ['other']);
  expect(told).toHaveLength(2);
});
