import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxRequest } from '../../lib/native/types.ts';

const APPLETS =
  'sh ls cat mount umount id mknod mkdir rm touch sleep mv ln grep echo dd ps kill hostname chmod chown stat seq yes ' +
  'head wc find true false setsid unshare readlink test sync cp env nc ip mkfifo rmdir df pwd chroot printf tr cut expr sort';

/** A root of one static busybox with the directories that every Debian tree has. */
export async function makeRoot(dir: string): Promise<void> {
  for (const name of ['bin', 'dev', 'proc', 'run', 'tmp', 'var/tmp', 'etc', 'usr', 'sys', 'root'])
    await mkdir(join(dir, name), { recursive: true });
  await chmod(join(dir, 'tmp'), 0o1777);
  await copyFile('/bin/busybox', join(dir, 'bin/busybox'));
  for (const applet of APPLETS.split(' ')) await symlink('busybox', join(dir, 'bin', applet));
  await writeFile(join(dir, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
}

/** A work folder with a root, and requests on it. Each request gets an upper folder of its own. */
export interface SmallWork extends AsyncDisposable {
  dir: string;
  root: string;
  request(script: string, more?: Partial<SandboxRequest>): Promise<SandboxRequest>;
}

export async function smallWork(parent = tmpdir()): Promise<SmallWork> {
  const dir = await mkdtemp(join(parent, 'apt-ostree-sandbox-'));
  const root = join(dir, 'root');
  await makeRoot(root);
  await mkdir(join(dir, 'merged'));
  let count = 0;
  return {
    dir,
    root,
    async request(script, more = {}) {
      const run = join(dir, `run-${count++}`);
      await mkdir(join(run, 'upper'), { recursive: true });
      await mkdir(join(run, 'work'));
      return {
        lowers: [root],
        upper: join(run, 'upper'),
        work: join(run, 'work'),
        merged: join(dir, 'merged'),
        argv: ['/bin/sh', '-c', script],
        env: { PATH: '/bin' },
        log: join(run, 'log'),
        timeoutSeconds: 20,
        outputLimit: 1 << 20,
        ...more,
      };
    },
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true });
    },
  };
}
