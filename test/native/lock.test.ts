import { expect, it } from 'vitest';
import { tryLock } from '../../lib/native/lock.ts';
import { execute } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

it('is held by one at a time, and not by programs that are started', async () => {
  await using t = await tempDir('lock');
  const file = t.file('lock');
  const lock = tryLock(file);
  expect(lock).not.toBeNull();
  expect(tryLock(file)).toBeNull();
  const taken = async () => (await execute('flock', ['-n', file, 'true'], { ok: [0, 1] })).code === 0;
  expect(await taken()).toBe(false);
  lock?.release();
  lock?.release();
  expect(await taken()).toBe(true);
  using again = tryLock(file);
  expect(again).not.toBeNull();
});

it('names a file that cannot be made', () => {
  const message = 'opening the lock /none/lock: No such file or directory';
  expect(() => tryLock('/none/lock')).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM', message }));
});
