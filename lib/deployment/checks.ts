import { fieldValue, parseStanzas } from '../dpkg/control.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { CommitReader } from '../layout/commit-reader.ts';
import { plainView } from '../layout/plain-view.ts';

const SOUND = new Set(['installed', 'config-files', 'not-installed']);

/**
 * What must hold before a commit becomes a deployment: exactly one kernel, and a dpkg database in which every
 * package is installed or gone.
 * @returns what is odd but may be meant so, in words.
 * @throws ERR_NO_KERNEL, ERR_AUDIT
 */
export async function checkBootable(commit: CommitReader): Promise<string[]> {
  await checkPackages(commit);
  return checkKernel(commit);
}

async function checkKernel(commit: CommitReader): Promise<string[]> {
  const dirs = (await commit.list('/usr/lib/modules', 1)).filter(({ node }) => node.type === 'dir');
  const images = await commit.lookup(dirs.map(({ path }) => `${path}/vmlinuz`));
  const kernels = dirs.filter((_, i) => images[i]?.type === 'file').map(({ path }) => path);
  if (kernels.length !== 1) {
    const what = kernels.length === 0 ? 'no kernel' : `${kernels.length} kernels`;
    throw new AptOstreeError('ERR_NO_KERNEL', `the commit has ${what} in /usr/lib/modules`, {
      hint: 'compose it with one kernel image package',
      details: { kernels },
    });
  }
  const [initramfs] = await commit.lookup([`${kernels[0]}/initramfs.img`]);
  if (initramfs?.type === 'file') return [];
  return [`the commit has no ${kernels[0]}/initramfs.img; few machines boot without one`];
}

async function checkPackages(commit: CommitReader): Promise<void> {
  const place = (await plainView(commit)).place('/var/lib/dpkg/status');
  const [status] = place === null ? [null] : await commit.read([place]);
  if (!status)
    throw new AptOstreeError('ERR_AUDIT', 'the commit has no dpkg database', {
      hint: 'only commits of Debian trees that kept their package database can be deployed',
    });
  const stanzas = parseStanzas(status.toString('utf8'), { source: 'status', code: 'ERR_DPKG_DATABASE' });
  const broken = stanzas
    .map((fields) => ({
      name: fieldValue(fields, 'Package') ?? '',
      status: fieldValue(fields, 'Status') ?? '',
    }))
    .filter(({ status: text }) => {
      const [, flag, state] = text.split(' ');
      return flag !== 'ok' || !SOUND.has(state ?? '');
    });
  if (broken.length > 0)
    throw new AptOstreeError(
      'ERR_AUDIT',
      `packages are not fully installed: ${broken.map(({ name }) => name).join(', ')}`,
      {
        details: { packages: broken },
      },
    );
}
