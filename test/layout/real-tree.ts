import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../helpers/cache.ts';
import { hostSources } from '../helpers/host-sources.ts';
import { today } from '../helpers/minbase.ts';
import { run } from '../helpers/run.ts';

const PACKAGES = ['systemd-sysv', 'dbus', 'openssh-server', 'nginx-light', 'ssl-cert', 'rsyslog', 'sudo'];
const BOOT = ['linux-image-cloud-amd64', 'dracut', 'ostree-boot'];

/** A plain bookworm host with a kernel, dracut and services, kept for the day. Never write into it. */
export async function realTree(): Promise<string> {
  const dir = await cached(`layout-host-bookworm-${today()}`, async (partial) => {
    const sources = join(partial, 'debian.sources');
    await writeFile(sources, await hostSources('bookworm'));
    const root = join(partial, 'root');
    await mkdir(root);
    const include = `--include=${[...PACKAGES, ...BOOT].join(',')}`;
    const args = ['--mode=root', '--format=directory', '--variant=apt', include];
    // The initramfs is the engine's business.
    await run('mmdebstrap', [...args, 'bookworm', root, sources], { env: { INITRD: 'No' } });
    await rm(join(root, 'dev'), { recursive: true });
    await mkdir(join(root, 'dev'));
  });
  return join(dir, 'root');
}
