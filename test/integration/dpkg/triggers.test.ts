import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { bothDo, pending } from './both.ts';
import type { PackageSpec } from './packages.ts';

describe.runIf(await machineHas('root'))('triggers as real dpkg', () => {
  const interested = (line: string, more: Partial<PackageSpec> = {}): PackageSpec => ({
    is: 't 1',
    triggers: [line],
    ...more,
  });

  test.each(['interest', 'interest-noawait'])('%s in a path', (interest) =>
    bothDo([
      { unpack: [interested(`${interest} /usr/share/t`)] },
      pending,
      { unpack: [{ is: 'a 1', files: 'f /usr/share/t/a 0644 root root x' }] },
      pending,
      { unpack: [{ is: 'a 2', files: 'f /usr/share/t/b 0644 root root x' }] },
      { configure: ['a'], triggers: false },
      pending,
      { remove: 'a' },
      pending,
    ]),
  );

  test.each(['activate', 'activate-noawait'])('%s by name', (activate) =>
    bothDo([
      { unpack: [interested('interest run-t'), { is: 'a 1', triggers: [`${activate} run-t`] }] },
      pending,
      { unpack: [{ is: 'a 2', triggers: [`${activate} run-t`, `${activate} other`] }] },
      { configure: ['a'], triggers: false },
      { unpack: [{ is: 'b 1', triggers: [`${activate} run-t`] }] },
      pending,
      { purge: 'a' },
      pending,
      { unpack: [{ is: 't 2', triggers: ['interest other'] }] },
      pending,
    ]),
  );

  test('asked for by scripts, in the order of their activation', () =>
    bothDo([
      {
        unpack: [{ is: 't 1', triggers: ['interest one', 'interest two', 'interest-noawait /usr/share/t'] }],
      },
      pending,
      {
        unpack: [
          {
            is: 'a 1',
            files: 'f /usr/share/t/x 0644 root root x',
            activates: { preinst: ['one'], postinst: ['two', 'one', '/usr/share/t/deep'] },
          },
        ],
      },
      { configure: ['a'], triggers: false },
      pending,
    ]));

  test('that a package waits for before others may need it', () =>
    bothDo([
      { unpack: [interested('interest run-t')] },
      pending,
      {
        unpack: [
          { is: 'user 1', fields: { Depends: 'base' } },
          { is: 'base 1', triggers: ['activate run-t'] },
          { is: 'far 1', fields: { Depends: 'user' } },
        ],
      },
      pending,
    ]));

  test('that a package must have processed before another is unpacked', () =>
    bothDo([
      { unpack: [interested('interest run-t')] },
      pending,
      { unpack: [{ is: 'base 1', triggers: ['activate run-t'] }] },
      { configure: ['base'], triggers: false },
      { unpack: [{ is: 'user 1', fields: { 'Pre-Depends': 'nothing | base (>= 1)' } }] },
      pending,
    ]));

  test('of a package that activates itself', () =>
    bothDo([
      { unpack: [{ is: 't 1', triggers: ['interest run-t'], activates: { postinst: ['run-t'] } }] },
      { configure: ['t'], triggers: false },
      { unpack: [{ is: 'a 1', activates: { postinst: ['run-t'] } }] },
      { configure: ['a'], triggers: false },
    ]));
});
