import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { ACCOUNT_PACKAGES, drift, numbersOf } from './account-packages.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem(ACCOUNT_PACKAGES);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

describe('preserve-accounts', () => {
  const numbers = async (packages: string[], lock: string, more: object = {}) => {
    await s.system.composeTree({ treefile: s.treefile({ packages, 'preserve-accounts': lock }), ...more });
    return numbersOf(s.repo, 'test/tiny');
  };

  it('keeps the number of an account when other packages come and go', async () => {
    const lock = join(s.dir, 'accounts.lock');
    const anew = { parent: null };
    expect(await numbers(['beta'], lock, anew)).toMatchObject({ beta: '100' });
    expect(await readFile(lock, 'utf8')).toContain('beta passwd beta:x:100:100::/nonexistent:/bin/false');
    expect(await numbers(['alpha', 'beta'], lock, anew)).toMatchObject({ alpha: '101', beta: '100' });
    const alone = await numbers(['alpha'], lock, anew);
    expect(alone).toMatchObject({ alpha: '101' });
    expect(alone).not.toHaveProperty('beta');
    expect(await numbers(['alpha', 'beta'], lock, anew)).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('wins over the commit, and takes over from it what it has not', async () => {
    const lock = join(s.dir, 'wins.lock');
    await writeFile(lock, 'beta passwd beta:x:77:77:edited:/nonexistent:/bin/sh\nbeta group beta:x:77:\n');
    expect(await numbers(['alpha', 'beta'], lock)).toMatchObject({ alpha: '101', beta: '77' });
    expect(await ostreeCli(s.repo).cat('test/tiny', '/usr/etc/passwd')).toContain(':77:77:edited:');
    const fresh = join(s.dir, 'fresh.lock');
    expect(await numbers(['alpha', 'beta'], fresh)).toMatchObject({ beta: '77' });
    expect(await readFile(fresh, 'utf8')).toBe(await readFile(lock, 'utf8'));
  });

  it('refuses a tree in which an account has another number, and names it', async () => {
    const lock = join(s.dir, 'drift.lock');
    await writeFile(lock, 'beta passwd beta:x:77:77::/nonexistent:/bin/false\nbeta group beta:x:77:\n');
    const treefile = s.treefile({
      ref: 'test/locked-drift',
      packages: ['beta', 'stubborn'],
      'preserve-accounts': lock,
    });
    await expect(s.system.composeTree({ treefile })).rejects.toMatchObject(
      drift('beta has number 555, and had 77'),
    );
    expect(await readFile(lock, 'utf8')).not.toContain('555');
  });

  it('names the line of a damaged lock', async () => {
    const lock = join(s.dir, 'damaged.lock');
    await writeFile(lock, '# comment\nnonsense\n');
    await expect(
      s.system.composeTree({ treefile: s.treefile({ ref: 'test/damaged', 'preserve-accounts': lock }) }),
    ).rejects.toMatchObject({ code: 'ERR_TREEFILE', message: expect.stringContaining('damaged.lock:2') });
  });
});
