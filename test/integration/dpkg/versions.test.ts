import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { bothDo, pending } from './both.ts';

const CONF = 'f /etc/a.conf 0644 root root';

describe.runIf(await machineHas('root'))('versions as real dpkg', () => {
  test('installs, upgrades, removes and purges', () =>
    bothDo([
      {
        unpack: [
          {
            is: 'a 1',
            files: `f /usr/bin/a 0755 root root 1\nf /usr/lib/a/old 0644 root root x\n${CONF} one`,
            conffiles: ['/etc/a.conf'],
          },
        ],
      },
      pending,
      {
        unpack: [
          {
            is: 'a 2',
            files: `f /usr/bin/a 0755 root root 2\nl /usr/bin/b a\n${CONF} two`,
            conffiles: ['/etc/a.conf'],
          },
        ],
      },
      pending,
      { remove: 'a' },
      {
        unpack: [
          { is: 'a 3', files: `f /usr/bin/a 0755 root root 3\n${CONF} three`, conffiles: ['/etc/a.conf'] },
        ],
      },
      pending,
      { write: '/etc/a.conf.dpkg-old', content: 'x' },
      { write: '/etc/a.conf~', content: 'x' },
      { purge: 'a' },
    ]));

  test('purges at once what has neither conffiles nor postrm', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: 'f /usr/bin/a 0755 root root 1', scripts: ['prerm'] }] },
      pending,
      { remove: 'a' },
    ]));

  test('deconfigures what an upgrade breaks', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1' },
          { is: 'b 1', fields: { Provides: 'v (= 1)' } },
          { is: 'c 1' },
          { is: 'd 1', fields: { Depends: 'b' }, triggers: ['activate t'] },
        ],
      },
      pending,
      { unpack: [{ is: 'a 2', fields: { Breaks: 'c (<< 1), v, d (<= 1)' } }] },
      { unpack: [{ is: 'b 2' }, { is: 'd 2', fields: { Depends: 'b' } }] },
      pending,
    ]));

  test('upgrades what was only unpacked', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: 'f /a/x 0644 root root 1' }] },
      { unpack: [{ is: 'a 2', files: 'f /a/y 0644 root root 2' }] },
      pending,
    ]));
});
