// Makes prebuilds/linux-<arch>/{ostree,apt<soname>}.glibc.node for the libraries of this machine:
// npm run build:prebuilt -- [--from FOLDER] [--out FOLDER]
// --from takes addons that are compiled already (build/Release). Run it on the oldest release that is to be served,
// and for libapt-pkg once per soname; lib/native/load.ts takes the file that loads. build/ is left as it is.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import prebuildify from 'prebuildify';
import headers from './node-headers.cjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: { from: { type: 'string' }, out: { type: 'string', default: root } },
});
const out = resolve(values.out);

for (const [target, name] of [
  ['ostree', 'ostree'],
  ['apt', `apt${aptSoname()}`],
])
  await prebuild(target, name);
const probe = spawnSync(process.execPath, [join(root, 'scripts', 'native-probe.cjs'), out], {
  stdio: 'inherit',
});
process.exit(probe.status ?? 1);

/** 6 of libapt-pkg.so.6.0. */
function aptSoname() {
  const library = execFileSync('pkg-config', ['--variable=libdir', 'apt-pkg'], { encoding: 'utf8' }).trim();
  const file = realpathSync(join(library, 'libapt-pkg.so'));
  const soname = /\.so\.(\d+)/.exec(file)?.[1];
  if (!soname) throw new Error(`${file} tells no soname of libapt-pkg`);
  return soname;
}

/** prebuildify rebuilds build/ and takes the one addon it finds there: each target gets a folder of its own. */
async function prebuild(target, name) {
  const stage = mkdtempSync(join(tmpdir(), `apt-ostree-prebuild-${target}-`));
  try {
    for (const entry of ['binding.gyp', 'native', 'node_modules', 'package.json'])
      symlinkSync(join(root, entry), join(stage, entry));
    Object.assign(process.env, headers.withHeaders(process.env), { GYP_DEFINES: `only=${target}` });
    await promisify(prebuildify)({
      cwd: stage,
      out,
      name,
      napi: true,
      strip: true,
      tagLibc: true,
      targets: [process.versions.node],
      nodeGyp: values.from ? compiled(stage, target) : gyp(),
    });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function gyp() {
  return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
}

/** Stands in for node-gyp where there is nothing to compile. */
function compiled(stage, target) {
  const release = join(stage, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  copyFileSync(join(resolve(values.from), `${target}.node`), join(release, `${target}.node`));
  const stub = join(stage, 'compiled');
  writeFileSync(stub, '#!/bin/sh\n', { mode: 0o755 });
  return stub;
}
