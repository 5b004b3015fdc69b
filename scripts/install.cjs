// Runs when npm installs the package: keeps the prebuilt addons where they load, else builds both from source.
// `npm install --build-from-source` always builds. Needs Node alone.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { withHeaders } = require('./node-headers.cjs');

const PACKAGES =
  'g++ make python3 pkg-config libostree-dev libapt-pkg-dev libssl-dev liblzma-dev zlib1g-dev libzstd-dev';
const root = join(__dirname, '..');

function node(script, args, options) {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, ...options }).status;
}

function install() {
  const fromSource = [undefined, '', 'false'].indexOf(process.env.npm_config_build_from_source) === -1;
  // In a process of its own: an addon that crashes while it loads is not usable either.
  if (!fromSource && node(join(__dirname, 'native-probe.cjs'), [root], { stdio: 'ignore' }) === 0) return 0;
  const gyp = require.resolve('node-gyp/bin/node-gyp.js');
  const status = node(gyp, ['rebuild'], { stdio: 'inherit', env: withHeaders(process.env) });
  if (status === 0) return 0;
  console.error(`apt-ostree: no prebuilt addon works here, and the build from source failed. It needs:
  apt-get install --no-install-recommends ${PACKAGES}`);
  return status ?? 1;
}

process.exitCode = install();
