// Checks that binding.gyp, which ships, and native/CMakeLists.txt, for work on the C++, build the same addons: source
// lists, defines, pkg-config modules, and that no file under native/ is in neither list. Reads files only.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (file) => readFileSync(join(root, file), 'utf8');
const problems = [];

const gyp = readGyp('binding.gyp');
const lists = read('native/CMakeLists.txt');
const addons = read('native/addons.cmake');
for (const target of gyp.targets) checkTarget(target);
compare('defines', gypDefines(), words(command(addons, 'target_compile_definitions', '${name}_addon')));
const nodelete = [
  gyp.target_defaults.ldflags.join(' '),
  command(addons, 'target_link_options', '${name}_addon'),
];
if (!nodelete.every((options) => /-z,nodelete\b/.test(options)))
  problems.push('-z,nodelete is missing in binding.gyp or native/addons.cmake');
checkFiles();

for (const problem of problems) console.error(`check-build-parity: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkTarget({ target_name: name, sources, libraries }) {
  const list = `native/${name}.sources`;
  if (!sources.join(' ').includes(` ${list})`)) problems.push(`binding.gyp: ${name} does not read ${list}`);
  if (!lists.includes(`read_sources(${name}_sources ${name}.sources)`))
    problems.push(`native/CMakeLists.txt: ${name} does not read ${list}`);
  const modules = /pkg-config --libs ([^)]+)/.exec(libraries.join(' '))?.[1];
  const groups = words(command(addons, 'target_link_libraries', `${name}_addon`)).filter((w) =>
    w.includes('::'),
  );
  const linked = groups.flatMap((group) =>
    words(command(lists, 'pkg_check_modules', group.replace('PkgConfig::', ''))),
  );
  compare(`libraries of ${name}`, modules?.split(' ') ?? [], linked);
}

/** What the compiler sees of binding.gyp, with the defines that node-addon-api adds. */
function gypDefines() {
  const api = createRequire(import.meta.url).resolve('node-addon-api/node_addon_api.gyp');
  const wanted = gyp.target_defaults.dependencies.join(' ').match(/:(\w+)/)?.[1];
  const settings = readGyp(api).targets.find((t) => t.target_name === wanted).direct_dependent_settings;
  const included = settings.includes.flatMap((file) => readGyp(join(dirname(api), file)).defines);
  return [...gyp.target_defaults.defines, ...(settings.defines ?? []), ...included];
}

/** A gyp file is a Python literal, which without its comments is one of JavaScript too. */
function readGyp(file) {
  const text = readFileSync(file.startsWith('/') ? file : join(root, file), 'utf8');
  return runInNewContext(`(${text.replace(/^\s*#.*$/gm, '')})`);
}

/** The arguments of a CMake command whose first is `first`. */
function command(text, name, first) {
  const calls = [...text.matchAll(new RegExp(`^\\s*${name}\\(([^)]*)\\)`, 'gm'))].map((match) => match[1]);
  return calls
    .filter((call) => call.trim().split(/\s+/)[0] === first)
    .map((call) => call.replace(first, ''))
    .join(' ');
}

function words(text) {
  const keywords = new Set(['', 'PRIVATE', 'PUBLIC', 'REQUIRED', 'IMPORTED_TARGET']);
  return text.split(/\s+/).filter((word) => !keywords.has(word));
}

function compare(what, ofGyp, ofCmake) {
  const only = (a, b) => [...new Set(a)].filter((x) => !b.includes(x));
  for (const one of only(ofGyp, ofCmake)) problems.push(`${what}: ${one} is in binding.gyp only`);
  for (const one of only(ofCmake, ofGyp)) problems.push(`${what}: ${one} is in CMake only`);
}

function checkFiles() {
  const listed = readdirSync(join(root, 'native'))
    .filter((file) => file.endsWith('.sources'))
    .flatMap((file) => read(`native/${file}`).split('\n'))
    .filter((line) => line && !line.startsWith('#'));
  for (const file of new Set(listed))
    if (!existsSync(join(root, file))) problems.push(`${file} does not exist`);
  for (const folder of readdirSync(join(root, 'native'), { withFileTypes: true })) {
    if (!folder.isDirectory() || folder.name === 'tests' || folder.name === 'build') continue;
    for (const file of readdirSync(join(root, 'native', folder.name), { recursive: true })) {
      const path = `native/${folder.name}/${file}`;
      if (path.endsWith('.cc') && !listed.includes(path)) problems.push(`${path} is in no source list`);
    }
  }
}
