// The folder with the headers of the Node that runs, beside its binary or in Debian's place; without one, node-gyp
// would download them. The environment is returned as node-gyp reads it.
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');

exports.withHeaders = (env) => {
  if (env.npm_config_nodedir || env.npm_package_config_node_gyp_nodedir) return env;
  const places = [resolve(process.execPath, '..', '..'), '/usr/include/nodejs'];
  const nodedir = places.find(
    (dir) =>
      existsSync(join(dir, 'include/node/node_api.h')) &&
      (existsSync(join(dir, 'include/node/common.gypi')) || existsSync(join(dir, 'common.gypi'))),
  );
  return nodedir ? { ...env, npm_package_config_node_gyp_nodedir: nodedir } : env;
};
