import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checks = {
  root: () => process.getuid?.() === 0,
  overlayfs: () => {
    const dir = mkdtempSync(join(tmpdir(), 'needs-'));
    const script = 'mkdir l u w m && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m';
    const mounted = spawnSync('unshare', ['-m', 'sh', '-ec', script], { cwd: dir }).status === 0;
    rmSync(dir, { recursive: true, force: true });
    return mounted;
  },
  /** The apt sources of the host can be reached. */
  network: () => spawnSync('apt-get', ['--print-uris', 'download', 'hello']).status === 0,
};
export type Need = keyof typeof checks;

/**
 * True when this machine lacks one of the needs; for `describe.skipIf(lacks('root'))`. In CI it throws instead:
 * a test that does not run there must be seen.
 */
export function lacks(...needs: Need[]): boolean {
  const lacking = needs.filter((need) => !checks[need]());
  if (lacking.length === 0) return false;
  const text = `these tests need ${lacking.join(' and ')}`;
  if (process.env.CI) throw new Error(text);
  process.stderr.write(`SKIPPED: ${text}\n`);
  return true;
}
