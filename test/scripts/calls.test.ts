import { describe, expect, test } from 'vitest';
import { callArguments, type ScriptEvent, type ScriptStep, scriptCalls } from '../../lib/scripts/calls.ts';

const written = ({ of, script, args }: ScriptStep): string =>
  [`${of}-${script}`, ...args.map((arg) => (arg === '' || arg.includes(' ') ? `"${arg}"` : arg))].join(' ');

/** All calls that unwinding may make, in order, with what follows when one of them fails in brackets. */
const unwound = (step: ScriptStep): string =>
  step.unwind.map((next) => written(next) + (next.unwind.length ? ` (${unwound(next)})` : '')).join('; ');

const peer = { name: 'new-mta', version: '2.0-1' };
const gone = { name: 'old-lib', version: '0.9' };

const CASES: [name: string, event: ScriptEvent, calls: string[]][] = [
  ['fresh install', { kind: 'install', version: '1.0', leftover: null }, ['new-preinst install']],
  [
    'install over conffiles',
    { kind: 'install', version: '1:2.0', leftover: '1.0' },
    ['new-preinst install 1.0 1:2.0'],
  ],
  [
    'upgrade',
    { kind: 'upgrade', from: '1.0', to: '1.1' },
    ['old-prerm upgrade 1.1', 'new-preinst upgrade 1.0 1.1', 'old-postrm upgrade 1.1'],
  ],
  ['first configuration', { kind: 'configure', configured: null }, ['old-postinst configure ""']],
  ['configuration', { kind: 'configure', configured: '1.0' }, ['old-postinst configure 1.0']],
  [
    'triggers',
    { kind: 'trigger', names: ['/usr/share/b', 'a'] },
    ['old-postinst triggered "/usr/share/b a"'],
  ],
  ['removal', { kind: 'remove', inFavourOf: null }, ['old-prerm remove', 'old-postrm remove']],
  [
    'removal of a conflictor',
    { kind: 'remove', inFavourOf: peer },
    ['old-prerm remove in-favour new-mta 2.0-1', 'old-postrm remove'],
  ],
  ['purge', { kind: 'purge' }, ['old-postrm purge']],
  [
    'deconfiguration by Breaks',
    { kind: 'deconfigure', inFavourOf: peer, removing: null },
    ['old-prerm deconfigure in-favour new-mta 2.0-1'],
  ],
  [
    'deconfiguration by a removal',
    { kind: 'deconfigure', inFavourOf: peer, removing: gone },
    ['old-prerm deconfigure in-favour new-mta 2.0-1 removing old-lib 0.9'],
  ],
  ['disappearance', { kind: 'disappear', overwriter: peer }, ['old-postrm disappear new-mta 2.0-1']],
];

describe('calls', () => {
  test.each(CASES)('%s', (_name, event, calls) => {
    expect(scriptCalls(event).map(written)).toEqual(calls);
  });
});

test('the arguments of one script; an event that does not call it is a defect', () => {
  expect(callArguments({ kind: 'upgrade', from: '1', to: '2' }, 'preinst')).toEqual(['upgrade', '1', '2']);
  expect(() => callArguments({ kind: 'purge' }, 'postinst')).toThrow('purge calls no postinst');
});

describe('unwinding as dpkg does it', () => {
  test('upgrade', () => {
    expect(scriptCalls({ kind: 'upgrade', from: '1', to: '2' }).map(unwound)).toEqual([
      'new-prerm failed-upgrade 1 2 (old-postinst abort-upgrade 2)',
      'new-postrm abort-upgrade 1 2; old-postinst abort-upgrade 2',
      'new-postrm failed-upgrade 1 2 (old-preinst abort-upgrade 2; new-postrm abort-upgrade 1 2; old-postinst abort-upgrade 2)',
    ]);
  });

  test('install, removal, deconfiguration', () => {
    const first = (event: ScriptEvent) => unwound(scriptCalls(event)[0]!);
    expect(first({ kind: 'install', version: '2', leftover: null })).toBe('new-postrm abort-install');
    expect(first({ kind: 'install', version: '2', leftover: '1' })).toBe('new-postrm abort-install 1 2');
    expect(first({ kind: 'remove', inFavourOf: null })).toBe('old-postinst abort-remove');
    expect(first({ kind: 'remove', inFavourOf: peer })).toBe(
      'old-postinst abort-remove in-favour new-mta 2.0-1',
    );
    expect(first({ kind: 'deconfigure', inFavourOf: peer, removing: gone })).toBe(
      'old-postinst abort-deconfigure in-favour new-mta 2.0-1 removing old-lib 0.9',
    );
    expect(first({ kind: 'configure', configured: '1' })).toBe('');
  });
});
