import { mkdir } from 'node:fs/promises';
import { memoryGroup } from './memory-group.ts';
import { execute } from './run.ts';
import { tempDir } from './temp.ts';

/** What a test may need of the machine. */
export type Need = 'root' | 'overlay' | 'sandbox' | 'archive' | 'memory-group';

async function overlayWorks(): Promise<boolean> {
  await using dir = await tempDir('overlay');
  for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(dir.file(name));
  const options = ['lowerdir=lower', 'upperdir=upper', 'workdir=work'].join(',');
  const args = ['-m', 'mount', '-t', 'overlay', 'overlay', '-o', options, 'merged'];
  return (await execute('unshare', args, { cwd: dir.path, ok: [0, 1, 32] })).code === 0;
}

async function memoryGroupWorks(): Promise<boolean> {
  const group = await memoryGroup(1 << 30).catch(() => null);
  await group?.[Symbol.asyncDispose]();
  return group !== null;
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  try {
    await execute(command, args);
    return true;
  } catch {
    return false;
  }
}

const CHECKS: Record<Need, () => Promise<boolean>> = {
  root: async () => process.getuid?.() === 0,
  overlay: overlayWorks,
  sandbox: () => succeeds('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--unshare-net', 'true']),
  'memory-group': memoryGroupWorks,
  archive: () => succeeds('sh', ['-c', 'apt-cache policy base-files | grep -q "Candidate: [0-9]"']),
};

/**
 * For `describe.runIf(await machineHas('root', 'overlay'))`. A machine without what a test needs is a
 * failure and no silent skip; only what APT_OSTREE_TEST_WITHOUT lists (`overlay,archive`) is left out.
 */
export async function machineHas(...needs: Need[]): Promise<boolean> {
  const without = (process.env.APT_OSTREE_TEST_WITHOUT ?? '').split(',');
  if (needs.some((need) => without.includes(need))) return false;
  for (const need of needs) {
    if (!(await CHECKS[need]()))
      throw new Error(
        `this test needs ${need}, which this machine does not give; ` +
          `APT_OSTREE_TEST_WITHOUT=${need} leaves such tests out`,
      );
  }
  return true;
}

/** Fails unless root runs the tests. */
export async function requireRoot(): Promise<void> {
  await machineHas('root');
}
