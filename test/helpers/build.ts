import { execFileSync } from 'node:child_process';

/** Tests start child processes from dist/: it is compiled anew before each run. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build-ts.mjs'], { stdio: 'inherit' });
}
