import { describe, expect, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { tempDir } from '../../helpers/temp.ts';
import { Both, bothDo, pending, type Step } from './both.ts';
import type { PackageSpec } from './packages.ts';
import { RealDpkg } from './real-dpkg.ts';

describe.runIf(await machineHas('root'))('files of several packages as real dpkg', () => {
  const file = (path: string, content = 'x'): string => `f ${path} 0644 root root ${content}`;

  test('taken over with Replaces', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: `${file('/usr/x')}\n${file('/usr/y')}` }] },
      pending,
      { unpack: [{ is: 'b 1', fields: { Replaces: 'a (<< 2)' }, files: file('/usr/x', 'b') }] },
      pending,
      { remove: 'b' },
      { remove: 'a' },
    ]));

  test('left to the package that replaces this one', () =>
    bothDo([
      { unpack: [{ is: 'b 1', fields: { Replaces: 'a' }, files: file('/usr/x', 'b') }] },
      pending,
      { unpack: [{ is: 'a 1', files: `${file('/usr/x')}\n${file('/usr/y')}` }] },
      pending,
    ]));

  test('of a package that disappears', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: file('/usr/x') }] },
      pending,
      { unpack: [{ is: 'b 1', fields: { Replaces: 'a' }, files: `${file('/usr/x')}\n${file('/usr/z')}` }] },
      pending,
    ]));

  test('of a package that would disappear but is needed', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', files: file('/usr/x') },
          { is: 'user 1', fields: { Depends: 'a' } },
        ],
      },
      pending,
      { unpack: [{ is: 'b 1', fields: { Replaces: 'a' }, files: `${file('/usr/x')}\n${file('/usr/z')}` }] },
      pending,
    ]));

  test('of a package that has only directories of others, which disappears', () =>
    bothDo([
      { unpack: [{ is: 'dirs 1', files: 'd /usr/share/x 0755' }] },
      pending,
      { unpack: [{ is: 'a 1', files: file('/usr/share/x/a') }] },
      pending,
    ]));

  test('of a package that disappears once nobody needs it', () =>
    bothDo([
      {
        unpack: [
          { is: 'dirs 1', files: 'd /usr/share/x 0755' },
          { is: 'user 1', fields: { Depends: 'dirs' } },
        ],
      },
      pending,
      { unpack: [{ is: 'a 1', files: file('/usr/share/x/a') }] },
      pending,
      { unpack: [{ is: 'user 2' }] },
      pending,
      { unpack: [{ is: 'b 1' }] },
      pending,
    ]));

  test('of which a directory was removed and is made again by another package', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: `${file('/usr/a')}\nd /var/x 0755` }] },
      pending,
      { delete: '/var/x' },
      { unpack: [{ is: 'b 1', files: `${file('/usr/b')}\nd /var/x 0755` }] },
      pending,
    ]));

  test('left out of the tree, which activate triggers and change no owner', () =>
    bothDo([
      {
        unpack: [
          { is: 't 1', triggers: ['interest-noawait /usr/doc'] },
          { is: 'a 1', files: `${file('/usr/doc/a')}\n${file('/usr/a')}` },
        ],
      },
      pending,
      {
        unpack: [
          { is: 'b 1', fields: { Replaces: 'a' }, files: `${file('/usr/doc/a')}\n${file('/usr/a')}` },
          { is: 'c 1', fields: { Replaces: 'b' }, files: file('/usr/doc/c') },
        ],
        excluding: '/usr/doc/*',
      },
      pending,
      { unpack: [{ is: 'b 2', files: file('/usr/doc/c') }], excluding: '/usr/doc/*' },
      pending,
      { remove: 'c' },
    ]));

  test('left out of the tree, over which packages conflict all the same', async () => {
    await using dir = await tempDir('dpkg');
    const both = new Both(await RealDpkg.create(dir.file('root'), []), dir.file('debs'));
    await both.do({ unpack: [{ is: 'a 1', files: file('/usr/doc/a') }], excluding: '/usr/doc/*' });
    const again: Step = { unpack: [{ is: 'b 1', files: file('/usr/doc/a') }], excluding: '/usr/doc/*' };
    expect(await both.try(again)).toBe(false);
  });

  test('diverted', () =>
    bothDo([
      { unpack: [{ is: 'a 1', files: file('/usr/bin/x', 'a') }, { is: 'd 1' }] },
      pending,
      { divert: '/usr/bin/x', by: 'd' },
      { unpack: [{ is: 'd 2', files: file('/usr/bin/x', 'd') }] },
      { unpack: [{ is: 'a 2', files: file('/usr/bin/x', 'a2') }] },
      pending,
      { remove: 'a' },
      { remove: 'd' },
    ]));

  test('behind links to directories', () =>
    bothDo([
      { unpack: [{ is: 'base 1', files: 'd /usr/bin 0755 root root\nl /bin usr/bin' }] },
      pending,
      {
        unpack: [
          { is: 'a 1', files: file('/bin/a') },
          { is: 'b 1', files: 'l /bin /usr/bin' },
        ],
      },
      pending,
      { unpack: [{ is: 'a 2', files: file('/usr/bin/a') }] },
      pending,
      { remove: 'b' },
      { remove: 'a' },
    ]));

  test('shared by instances of several architectures', () => {
    const same = (architecture: string, version: number, content: string): PackageSpec => ({
      is: `m:${architecture} ${version}`,
      fields: { 'Multi-Arch': 'same' },
      files: `${file('/usr/share/m', content)}\n${file(`/usr/lib/${architecture}/m`)}\n${file('/etc/m', content)}`,
      conffiles: ['/etc/m'],
      triggers: [`interest-noawait /usr/lib/${architecture}`],
    });
    const both = (version: number, content: string): Step => ({
      unpack: [same('amd64', version, content), same('i386', version, content)],
    });
    return bothDo(
      [
        both(1, 'one'),
        pending,
        both(2, 'two'),
        pending,
        { remove: 'm:i386' },
        { purge: 'm:i386' },
        { purge: 'm:amd64' },
      ],
      ['i386'],
    );
  });
});
