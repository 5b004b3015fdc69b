import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { bothDo, pending, type Step } from './both.ts';

const CONF = 'f /etc/a.conf 0644 root root';

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
