import { describe, expect, test } from 'vitest';
import {
  chooseOs,
  cleanupOrder,
  currentDeployment,
  rollbackOrder,
  runningDeployment,
} from '../../lib/deployment/order.ts';
import type { DeploymentState, SysrootState } from '../../lib/native/sysroot.ts';

/** "a", "b*" (booted), "c!" (pinned), "other:d". */
function sysroot(...names: string[]): SysrootState {
  const deployments = names.map((name, index): DeploymentState => {
    const [osname, rest] = name.includes(':') ? (name.split(':') as [string, string]) : ['debian', name];
    const id = rest.replace(/[*!]/g, '');
    return {
      ...{
        id,
        index,
        osname,
        checksum: id,
        serial: 0,
        staged: false,
        unlocked: 'none',
        path: '',
        origin: '',
      },
      ...{ booted: rest.includes('*'), pinned: rest.includes('!'), kargs: [], title: '' },
    };
  });
  return { booted: names.some((name) => name.includes('*')), deployments };
}

describe('boot order', () => {
  test('a rollback swaps the first two of a sysroot that is not booted', () => {
    expect(rollbackOrder(sysroot('a', 'b', 'c'), 'debian')).toEqual(['b', 'a', 'c']);
  });

  test('a rollback undoes what waits, else goes back to what was before', () => {
    expect(rollbackOrder(sysroot('new', 'now*', 'old'), 'debian')).toEqual(['now', 'new', 'old']);
    expect(rollbackOrder(sysroot('now*', 'old'), 'debian')).toEqual(['old', 'now']);
  });

  test('a rollback leaves other OSes alone, and needs something to go back to', () => {
    expect(rollbackOrder(sysroot('a', 'other:x', 'b'), 'debian')).toEqual(['b', 'a', 'x']);
    expect(() => rollbackOrder(sysroot('a', 'other:x'), 'debian')).toThrow(
      /nothing|no deployment to roll back/,
    );
  });

  test('a clean-up drops what it is told, never the booted or a pinned one', () => {
    const state = sysroot('new', 'now*', 'old', 'kept!', 'other:x');
    expect(cleanupOrder(state, 'debian', { pending: true })).toEqual(['now', 'old', 'kept', 'x']);
    expect(cleanupOrder(state, 'debian', { rollback: true })).toEqual(['new', 'now', 'kept', 'x']);
    expect(cleanupOrder(sysroot('a', 'b'), 'debian', { pending: true, rollback: true })).toEqual(['a']);
  });

  test('the OS is the named one, the booted one or the only one', () => {
    expect(chooseOs(sysroot('a', 'other:x*'), undefined)).toBe('other');
    expect(chooseOs(sysroot('a', 'b'), undefined)).toBe('debian');
    expect(chooseOs(sysroot(), 'new')).toBe('new');
    expect(() => chooseOs(sysroot('a', 'other:x'), undefined)).toThrow(/several OSes/);
    expect(() => currentDeployment(sysroot(), 'debian')).toThrow(/has no deployment/);
  });
});

test('the /etc in use is that of what is booted, else of what boots next', () => {
  const running = (...names: string[]) => {
    const state = sysroot(...names);
    return runningDeployment(state, currentDeployment(state, 'debian')).id;
  };
  expect(running('staged', 'now*', 'old')).toBe('now');
  expect(running('next', 'old')).toBe('next');
  expect(running('next', 'other:x*')).toBe('next');
});
