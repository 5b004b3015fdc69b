import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { bothDo, type Step } from './both.ts';
import type { PackageSpec } from './packages.ts';

const pending: Step = { configure: 'pending' };
const CONF = 'f /etc/a.conf 0644 root root';

describe.runIf(await machineHas('root'))('as real dpkg does', () => {
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

describe.runIf(await machineHas('root'))('conffiles as real dpkg', () => {
  const version = (number: number, content: string): Step => ({
    unpack: [{ is: `a ${number}`, files: `${CONF} ${content}`, conffiles: ['/etc/a.conf'] }],
  });

  test('keeps an edited file, with the new one beside it', () =>
    bothDo([
      version(1, 'one'),
      pending,
      { write: '/etc/a.conf', content: 'mine' },
      version(2, 'two'),
      pending,
    ]));

  test('keeps an edited file when the package brings the same again', () =>
    bothDo([
      version(1, 'one'),
      pending,
      { write: '/etc/a.conf', content: 'mine' },
      version(2, 'one'),
      pending,
    ]));

  test('leaves a deleted file deleted', () =>
    bothDo([version(1, 'one'), pending, { delete: '/etc/a.conf' }, version(2, 'two'), pending]));

  test('leaves a deleted file deleted when nothing changed', () =>
    bothDo([version(1, 'one'), pending, { delete: '/etc/a.conf' }, version(2, 'one'), pending]));

  test('keeps a file that was there before the package', () =>
    bothDo([
      { unpack: [{ is: 'z 1', files: 'd /etc 0755 root root' }] },
      { write: '/etc/a.conf', content: 'mine' },
      version(1, 'one'),
      pending,
    ]));

  test('takes a file that was there before and is the same', () =>
    bothDo([
      { unpack: [{ is: 'z 1', files: 'd /etc 0755 root root' }] },
      { write: '/etc/a.conf', content: 'one\n' },
      version(1, 'one'),
      pending,
    ]));

  test('remembers a file that the new version has not', () =>
    bothDo([
      version(1, 'one'),
      pending,
      { unpack: [{ is: 'a 2', files: 'd /etc 0755 root root' }] },
      pending,
      version(3, 'three'),
      pending,
      { unpack: [{ is: 'a 4' }] },
      pending,
      { purge: 'a' },
    ]));

  test('forgets a dropped file that was deleted', () =>
    bothDo([version(1, 'one'), pending, { delete: '/etc/a.conf' }, { unpack: [{ is: 'a 2' }] }, pending]));

  test('removes on upgrade what the package says', () => {
    const gone: Step = { unpack: [{ is: 'a 2', conffiles: ['remove-on-upgrade /etc/a.conf'] }] };
    return bothDo([version(1, 'one'), pending, gone, pending, { remove: 'a' }]);
  });

  test('keeps an edited file that is removed on upgrade beside', () => {
    const gone: Step = { unpack: [{ is: 'a 2', conffiles: ['remove-on-upgrade /etc/a.conf'] }] };
    return bothDo([
      version(1, 'one'),
      pending,
      { write: '/etc/a.conf', content: 'mine' },
      gone,
      pending,
      { purge: 'a' },
    ]);
  });

  test('is left to a package that replaces this one', () =>
    bothDo([
      {
        unpack: [{ is: 'b 1', fields: { Replaces: 'a' }, files: `${CONF} two`, conffiles: ['/etc/a.conf'] }],
      },
      pending,
      version(1, 'one'),
      pending,
      { purge: 'b' },
      version(2, 'two'),
      pending,
    ]));

  test('goes over to another package with its hash', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', files: `${CONF} one\nf /a 0644 root root a`, conffiles: ['/etc/a.conf'] },
          { is: 'c 1', files: 'f /etc/c.conf 0644 root root c', conffiles: ['/etc/c.conf'] },
        ],
      },
      pending,
      {
        unpack: [{ is: 'b 1', fields: { Replaces: 'a' }, files: `${CONF} two`, conffiles: ['/etc/a.conf'] }],
      },
      pending,
      { purge: 'a' },
    ]));
});

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

describe.runIf(await machineHas('root'))('the order of configuring as real dpkg', () => {
  const names = 'alpha beta gamma delta epsilon zeta eta theta iota kappa'.split(' ');

  test('by hash and dependencies', () =>
    bothDo([
      {
        unpack: names.map((name, index) => ({
          is: `${name} 1`,
          fields: index % 3 === 0 ? { Depends: `${names[(index + 4) % names.length]}` } : {},
        })),
      },
      pending,
    ]));

  test('by cutting cycles, best where there is no postinst', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'b' } },
          { is: 'b 1', fields: { Depends: 'c' }, scripts: [] },
          { is: 'c 1', fields: { 'Pre-Depends': 'd | nothing', Depends: 'a' } },
          { is: 'd 1', fields: { Provides: 'virtual (= 1)' } },
          { is: 'e 1', fields: { Depends: 'virtual (>= 1), f' } },
          { is: 'f 1', fields: { Depends: 'e' } },
        ].filter(({ is }) => is !== 'c 1'),
      },
      { unpack: [{ is: 'c 1', fields: { Depends: 'a, d' } }] },
      pending,
    ]));

  test('of what depends on packages that are not there, by force', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'nothing' } },
          { is: 'b 1', fields: { Depends: 'a' } },
          { is: 'c 1' },
          { is: 'd 1', fields: { Depends: 'e (>= 2), b' } },
          { is: 'e 1', triggers: ['activate t'] },
        ],
      },
      { configure: 'pending', force: true },
    ]));

  test('and says why there is none', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'nothing | other (>= 1), c:any' } },
          { is: 'b 1', fields: { Depends: 'a' } },
          { is: 'c 1' },
          { is: 'd 1', fields: { 'Pre-Depends': 'virtual (>= 2)' } },
          { is: 'e 1', fields: { Provides: 'virtual (= 1), broken', Depends: 'c (<< 1) | d' } },
          { is: 'f 1', fields: { Breaks: 'broken' } },
        ].filter(({ is }) => is !== 'd 1'),
      },
      { stuck: 'pending' },
    ]));

  test('in the order given', () =>
    bothDo([
      { unpack: names.map((name) => ({ is: `${name} 1` })) },
      { configure: ['zeta', 'alpha', 'iota'], triggers: false },
      pending,
    ]));
});

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
