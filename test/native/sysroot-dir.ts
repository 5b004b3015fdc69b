import { initOs, initSysroot } from '../../lib/native/sysroot.ts';
import { run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

/** A sysroot folder; deployments in it are immutable until its end. */
export async function sysrootWithOs(): Promise<TempDir> {
  const dir = await tempDir('sysroot');
  const sysroot: TempDir = {
    ...dir,
    async [Symbol.asyncDispose]() {
      await run('chattr', ['-R', '-f', '-i', dir.file('ostree/deploy')], {}).catch(() => {});
      await dir[Symbol.asyncDispose]();
    },
  };
  await initSysroot(sysroot.path);
  await initOs(sysroot.path, 'debian');
  return sysroot;
}
