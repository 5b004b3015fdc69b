import { describe, expect, test } from 'vitest';
import { decideConffile, decideRemoval } from '../../lib/dpkg/conffile-decision.ts';
import { isConffileBackup, parseConffiles } from '../../lib/dpkg/conffiles.ts';

describe('the conffiles control file', () => {
  test('names paths and flags', () => {
    expect(parseConffiles('/etc/a\n/etc/with space  \nremove-on-upgrade /etc/b\n  \n', 'demo')).toEqual([
      { path: '/etc/a', removeOnUpgrade: false },
      { path: '/etc/with space', removeOnUpgrade: false },
      { path: '/etc/b', removeOnUpgrade: true },
    ]);
    expect(parseConffiles('', 'demo')).toEqual([]);
  });

  test.each([
    ['/etc/a', 'missing final newline'],
    ['\n', 'empty line'],
    ['etc/a\n', 'unknown flag'],
    ['keep /etc/a\n', 'unknown flag'],
    ['remove-on-upgrade etc/a\n', 'absolute path'],
  ])('is refused: %j', (text, reason) => {
    expect(() => parseConffiles(text, 'demo')).toThrow(reason);
  });
});

describe('what becomes of a conffile', () => {
  test.each([
    // recorded, current, distributed, action
    ['newconffile', null, 'n', 'install'],
    ['newconffile', 'n', 'n', 'same'],
    ['newconffile', 'u', 'n', 'keep-backup'],
    ['o', 'o', 'o', 'same'],
    ['o', 'o', 'n', 'install'],
    ['o', 'u', 'o', 'keep'],
    ['o', 'u', 'n', 'keep-backup'],
    ['o', 'n', 'n', 'same'],
    ['o', null, 'o', 'keep'],
    ['o', null, 'n', 'keep-backup'],
  ] as const)('recorded %s, there %s, new %s: %s', (recorded, current, distributed, action) => {
    const decision = decideConffile({ recorded, current, distributed });
    expect(decision).toMatchObject({ action, hash: distributed, copiesPermissions: current !== null });
    expect(decision.activates).toBe(!['same', 'keep'].includes(action));
  });

  test('follows a policy for the package', () => {
    const conflict = { recorded: 'o', distributed: 'n' };
    const edited = decideConffile({ ...conflict, current: 'u' }, { conflict: 'package' });
    expect(edited.action).toBe('install-backup');
    expect(edited.steps).toContainEqual({ op: 'link', from: '', to: '.dpkg-old' });
    const deleted = decideConffile({ ...conflict, current: null }, { conflict: 'package' });
    expect(deleted.steps).not.toContainEqual({ op: 'link', from: '', to: '.dpkg-old' });
    const restored = decideConffile({ ...conflict, current: null }, { restoreMissing: true });
    expect(restored.action).toBe('install');
  });

  test('that goes on upgrade depends on edits and on other owners', () => {
    const removed = { op: 'remove', suffix: '' };
    expect(decideRemoval({ recorded: 'o', current: 'o' }, false)).toContainEqual(removed);
    expect(decideRemoval({ recorded: 'o', current: 'u' }, false)).toContainEqual({
      op: 'rename',
      from: '',
      to: '.dpkg-old',
    });
    expect(decideRemoval({ recorded: 'o', current: null }, false)).not.toContainEqual(removed);
    expect(decideRemoval({ recorded: 'o', current: 'o' }, true)).toEqual([]);
  });
});

test.each([
  ['a~', true],
  ['a.bak', true],
  ['a%', true],
  ['a.dpkg-dist', true],
  ['a~12~', true],
  ['#a#', true],
  ['a.conf', false],
  ['a.dpkg-other', false],
  ['b~', false],
])('a purge of "a" removes %s: %s', (name, expected) => {
  expect(isConffileBackup('a', name)).toBe(expected);
});
