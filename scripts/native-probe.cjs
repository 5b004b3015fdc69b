// Loads the prebuilt addons of a package folder as the library would: native-probe.cjs [FOLDER]
// Exit status 0: both work here. A file that is there proves nothing: libapt-pkg's soname differs per release.
const { existsSync, readdirSync } = require('node:fs');
const { join, resolve } = require('node:path');

const folder = join(resolve(process.argv[2] ?? join(__dirname, '..')), 'prebuilds', `linux-${process.arch}`);
const files = existsSync(folder) ? readdirSync(folder) : [];

function loads(pattern) {
  for (const file of files.filter((name) => pattern.test(name)).sort()) {
    try {
      process.dlopen({ exports: {} }, join(folder, file));
      return true;
    } catch (error) {
      console.error(error.message);
    }
  }
  return false;
}

const usable = [/^ostree\.glibc\.node$/, /^apt\d+\.glibc\.node$/].map(loads);
process.exitCode = usable.every(Boolean) ? 0 : 1;
