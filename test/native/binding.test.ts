import { describe, expect, it } from 'vitest';
import { tryLock } from '../../lib/native/lock.ts';
import { ostreeBinding } from '../../lib/native/ostree.ts';
import { openRepo } from '../../lib/native/repo.ts';
import type { LockHandle, RepoHandle } from '../../lib/native/types.ts';
import { tempDir } from '../helpers/temp.ts';

const binding = ostreeBinding();
const call = () => ({ token: binding.createCancelToken(), onProgress: undefined });

describe('the native surface', () => {
  it('takes no handle of another kind', async () => {
    await using dir = await tempDir('binding');
    await using repo = await openRepo(dir.file('repo'), { create: 'bare' });
    const token = binding.createCancelToken();
    for (const wrong of [token, {}, null, 1, 'x'] as unknown as RepoHandle[]) {
      expect(() => binding.repoMode(wrong)).toThrow(TypeError);
      expect(() => binding.listRefs(wrong, null, call())).toThrow(TypeError);
    }
    expect(() => binding.unlock(repo.handle as unknown as LockHandle)).toThrow(TypeError);
    expect(() => binding.cancel(repo.handle as unknown as typeof token)).toThrow(TypeError);
  });

  it('takes no argument of another type, and no text with a NUL byte', async () => {
    await using dir = await tempDir('binding');
    await using repo = await openRepo(dir.file('repo'), { create: 'bare' });
    const wrong = (value: unknown) => value as string;
    expect(() => binding.resolveRev(repo.handle, wrong(1), call())).toThrow(TypeError);
    expect(() => binding.resolveRev(repo.handle, 'x\0y', call())).toThrow(TypeError);
    expect(() => binding.lookup(repo.handle, 'x', wrong('/') as unknown as string[], call())).toThrow(
      TypeError,
    );
    expect(() => binding.readObjects(repo.handle, ['x', wrong(null)], call())).toThrow(TypeError);
    expect(() => tryLock(`${dir.file('lock')}\0`)).toThrow(TypeError);
  });

  it('closes what is garbage', async () => {
    await using dir = await tempDir('binding');
    await openRepo(dir.file('repo'), { create: 'bare' });
    for (let i = 0; i < 300; i++) await openRepo(dir.file('repo'));
    const gc = (globalThis as { gc?: () => void }).gc;
    if (!gc) throw new Error('the tests run with --expose-gc');
    const open = async () => (await import('node:fs/promises')).readdir('/proc/self/fd');
    for (let round = 0; round < 5; round++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await open()).length).toBeLessThan(300);
  });
});
