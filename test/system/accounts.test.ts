import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

/** As adduser does: an account that exists is left alone, a new one gets the next free number. */
const adduser = (name: string) => `
grep -q "^${name}:" /etc/passwd && exit 0
n=100; while grep -q "^[^:]*:[^:]*:$n:" /etc/passwd; do n=$((n + 1)); done
echo "${name}:x:$n:$n::/nonexistent:/bin/false" >> /etc/passwd
echo "${name}:x:$n:" >> /etc/group`;

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    { control: { Package: 'alpha' }, scripts: { postinst: adduser('alpha') } },
    { control: { Package: 'beta' }, scripts: { postinst: adduser('beta') } },
    {
      control: { Package: 'stubborn' },
      scripts: { postinst: 'sed -i "s/^beta:x:[0-9]*/beta:x:555/" /etc/passwd' },
    },
  ]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

describe('preserve-accounts', () => {
  const numbers = async (packages: string[], lock: string) => {
    await s.system.composeTree({ treefile: s.treefile({ packages, 'preserve-accounts': lock }) });
    const passwd = await ostreeCli(s.repo).cat('test/tiny', '/usr/etc/passwd');
    return Object.fromEntries(
      passwd
        .trim()
        .split('\n')
        .map((line) => [line.split(':')[0], line.split(':')[2]]),
    );
  };

  it('keeps the number of an account when other packages come and go', async () => {
    const lock = join(s.dir, 'accounts.lock');
    expect(await numbers(['beta'], lock)).toMatchObject({ beta: '100' });
    expect(await readFile(lock, 'utf8')).toContain('beta passwd beta:x:100:100::/nonexistent:/bin/false');
    expect(await numbers(['alpha', 'beta'], lock)).toMatchObject({ alpha: '101', beta: '100' });
    const alone = await numbers(['alpha'], lock);
    expect(alone).toMatchObject({ alpha: '101' });
    expect(alone).not.toHaveProperty('beta');
    expect(await numbers(['alpha', 'beta'], lock)).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('refuses a tree in which an account has another number, and names it', async () => {
    const lock = join(s.dir, 'drift.lock');
    await writeFile(lock, 'beta passwd beta:x:77:77::/nonexistent:/bin/false\nbeta group beta:x:77:\n');
    const treefile = s.treefile({
      ref: 'test/drift',
      packages: ['beta', 'stubborn'],
      'preserve-accounts': lock,
    });
    await expect(s.system.composeTree({ treefile })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_DRIFT',
      message: expect.stringContaining('beta has number 555, and had 77'),
    });
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
