import { describe, expect, it } from 'vitest';
import { applicablePreferences, loadPreferences, type Preference } from '../../lib/resolution/preferences.ts';
import { aptTarget, plannedPackage, request } from './support.ts';

const row: Preference = { package: 'light', insteadOf: 'heavy', when: 'bootstrap', reason: 'smaller' };
const helper = plannedPackage('helper', { relations: { Depends: 'heavy | light' } });
const heavy = plannedPackage('heavy', { reason: 'helper Depends: heavy | light' });

function applied(
  changes: Partial<Parameters<typeof applicablePreferences>[1]> = {},
  install = [helper, heavy],
): string[] {
  const solution = { install, remove: [], operations: [], auto: [], downloadSize: 0, installedSize: 0 };
  const plan = { target: aptTarget('/nowhere'), request: request(['helper']), solution, ...changes };
  return applicablePreferences([row], plan).map((found) => found.package);
}

describe('preferences', () => {
  it('choose for a tree that starts empty', () => {
    expect(applied()).toEqual(['light']);
    expect(applied({ target: aptTarget('/nowhere', { status: '/status' }) })).toEqual([]);
  });

  it('give way to what was asked for, excluded or locked', () => {
    expect(applied({}, [helper, { ...heavy, reason: 'requested' }])).toEqual([]);
    expect(applied({ request: request(['helper'], { exclude: ['light'] }) })).toEqual([]);
    expect(applied({ request: request(['helper'], { locked: {} }) })).toEqual([]);
  });

  it('leave alone sources that know no such choice', () => {
    expect(applied({}, [{ ...helper, relations: { Depends: 'heavy' } }, heavy])).toEqual([]);
    expect(applied({}, [helper])).toEqual([]);
  });

  it('come with a reason each', async () => {
    const rows = await loadPreferences();
    expect(rows.length).toBeGreaterThan(0);
    for (const { package: name, insteadOf, when, reason } of rows) {
      expect([name, insteadOf].every((text) => /^[a-z0-9][a-z0-9+.-]+$/.test(text))).toBe(true);
      expect(when).toBe('bootstrap');
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
