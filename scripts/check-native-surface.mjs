// Compares what the built addons export with what lib/native declares: check-native-surface.mjs [FOLDER OF ADDONS]
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.argv[2] ?? join(root, 'build', 'Release'));
const SURFACES = {
  ostree: {
    call: 'CancelBinding',
    ostree: 'OstreeBinding',
    sysroot: 'SysrootBinding',
    dedup: 'DedupBinding',
  },
  apt: { call: 'CancelBinding', apt: 'AptBinding' },
};

let failed = false;
for (const [addon, interfaces] of Object.entries(SURFACES)) {
  const exported = createRequire(import.meta.url)(join(folder, `${addon}.node`));
  const declared = Object.entries(interfaces).flatMap(([file, name]) =>
    members(`lib/native/${file}.ts`, name),
  );
  for (const key of Object.keys(exported))
    if (!declared.some((member) => member.key === key))
      report(`${addon}.node exports ${key}, which is not declared`);
  for (const { key, type, file } of declared) {
    if (!(key in exported)) report(`${file} declares ${key}, which ${addon}.node does not export`);
    else if (typeof exported[key] !== type)
      report(`${key} of ${addon}.node is no ${type}, but ${file} says so`);
  }
}
process.exitCode = failed ? 1 : 0;

function report(problem) {
  console.error(`check-native-surface: ${problem}`);
  failed = true;
}

/** Members of an interface stand at two spaces: `name(` is a function, `readonly name: type` a value. */
function members(file, name) {
  const body = new RegExp(`^(?:export )?interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(
    readFileSync(join(root, file), 'utf8'),
  )?.[1];
  if (body === undefined) throw new Error(`${file} declares no interface ${name}`);
  return [...body.matchAll(/^ {2}(?:(\w+)\(|readonly (\w+): (\w+);)/gm)].map(([, call, value, type]) => ({
    key: call ?? value,
    type: call ? 'function' : type,
    file,
  }));
}
