import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AptOstreeError } from '../errors/error.ts';

const require = createRequire(import.meta.url);

function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'binding.gyp'))) {
    if (dir === dirname(dir))
      throw new AptOstreeError('ERR_NATIVE_LOAD', `no binding.gyp above ${fileURLToPath(import.meta.url)}`, {
        hint: 'install the whole package; the addons lie beside that file',
      });
    dir = dirname(dir);
  }
  return dir;
}

/** Loads `ostree.node` or `apt.node`: an own folder, the local build, then a prebuilt one whose libraries exist. */
export function loadAddon(name: 'ostree' | 'apt'): unknown {
  const root = packageRoot();
  const candidates = [
    ...(process.env.APT_OSTREE_NATIVE_DIR ? [join(process.env.APT_OSTREE_NATIVE_DIR, `${name}.node`)] : []),
    join(root, 'build', 'Release', `${name}.node`),
    join(root, 'build', 'Debug', `${name}.node`),
    ...prebuilt(root, name),
  ];
  const failures: string[] = [];
  for (const file of candidates) {
    if (!existsSync(file)) continue;
    try {
      return require(file);
    } catch (cause) {
      failures.push(`${file}: ${(cause as Error).message}`);
    }
  }
  throw new AptOstreeError('ERR_NATIVE_LOAD', `${name}.node could not be loaded`, {
    hint: 'run scripts/setup in a checkout, or install libostree-dev and libapt-pkg-dev and reinstall the package',
    details: { tried: candidates, failures },
  });
}

function prebuilt(root: string, name: string): string[] {
  const dir = join(root, 'prebuilds', `linux-${process.arch}`);
  // libapt-pkg's ABI differs per release: the addon whose soname this system lacks fails to load, and the next is tried.
  const names = name === 'apt' ? ['apt6', 'apt7'] : [name];
  return names.map((n) => join(dir, `${n}.glibc.node`));
}
