import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AptOstreeError } from '../errors/error.ts';
import { diagnoseLoad, type LoadFailure } from './diagnose.ts';

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

/**
 * Loads `ostree.node` or `apt.node`: from `$APT_OSTREE_NATIVE_DIR`, the local build, then a prebuilt one whose
 * libraries exist.
 * @throws ERR_NATIVE_LOAD with the library that is missing and the package that has it
 */
export function loadAddon(name: 'ostree' | 'apt'): unknown {
  const root = packageRoot();
  const candidates = [
    ...(process.env.APT_OSTREE_NATIVE_DIR ? [join(process.env.APT_OSTREE_NATIVE_DIR, `${name}.node`)] : []),
    join(root, 'build', 'Release', `${name}.node`),
    join(root, 'build', 'Debug', `${name}.node`),
    ...prebuilt(root, name),
  ];
  const failures: LoadFailure[] = [];
  for (const file of candidates) {
    if (!existsSync(file)) continue;
    try {
      return require(file);
    } catch (cause) {
      failures.push({ file, message: (cause as Error).message });
    }
  }
  const { problem, hint, missing } = diagnoseLoad(failures);
  throw new AptOstreeError('ERR_NATIVE_LOAD', `${name}.node could not be loaded: ${problem}`, {
    hint,
    details: { tried: candidates, failures, missing },
  });
}

/** Files of `scripts/prebuild.mjs`. One that was made for another soname of libapt-pkg fails, and the next is tried. */
function prebuilt(root: string, name: 'ostree' | 'apt'): string[] {
  const dir = join(root, 'prebuilds', `linux-${process.arch}`);
  const pattern = name === 'apt' ? /^apt\d+\.glibc\.node$/ : /^ostree\.glibc\.node$/;
  const files = existsSync(dir) ? readdirSync(dir) : [];
  return files
    .filter((file) => pattern.test(file))
    .sort()
    .map((file) => join(dir, file));
}
