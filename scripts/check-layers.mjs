// Checks what no compiler does: the direction of imports, that the engine never prints, and that no file names
// a package registry or a path of this machine. Also reports files that have grown long.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const STAGES = ['layout', 'scripts', 'assembly', 'packages', 'resolution', 'dpkg'];
/** A folder may import from folders of a lower rank, and from its own. */
const RANKS = [
  ['errors'],
  ['cache', 'monitor', 'native'],
  STAGES,
  ['compose', 'deployment'],
  ['system'],
  ['.'],
  ['cli'],
];
const rankOf = new Map(RANKS.flatMap((folders, rank) => folders.map((folder) => [folder, rank])));
const LENGTHS = { ts: [250, 500], mjs: [250, 500], cc: [400, 600], h: [400, 600] };

const problems = [];
const tracked = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file && existsSync(file));

const edges = new Map();
for (const file of tracked.filter((f) => /^lib\/.*\.ts$/.test(f))) checkModule(file);
checkCycles();
checkNames();
reportLengths();

for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

function folderOf(file) {
  return relative('lib', dirname(file)).split('/')[0] || '.';
}

function checkModule(file) {
  const text = readFileSync(file, 'utf8');
  const folder = folderOf(file);
  const rank = rankOf.get(folder);
  if (rank === undefined) problems.push(`${file}: folder ${folder} has no rank in scripts/check-layers.mjs`);
  const imports = /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gms;
  for (const [, type, target] of text.matchAll(imports)) {
    if (
      folder === 'dpkg' &&
      target.startsWith('node:') &&
      target !== 'node:crypto' &&
      target !== 'node:buffer'
    )
      problems.push(`${file}: imports ${target}, but lib/dpkg does no I/O`);
    if (!target.startsWith('.')) continue;
    const other = folderOf(relative('.', resolve(dirname(file), target)));
    if (other === folder) continue;
    if (rankOf.get(other) > rank || (folder === 'dpkg' && other !== 'errors'))
      problems.push(`${file}: lib/${folder} must not import lib/${other}`);
    if (!type) edges.set(folder, (edges.get(folder) ?? new Map()).set(other, file));
  }
  if (folder === 'cli') return;
  for (const [index, line] of text.split('\n').entries())
    if (/\bconsole\.|process\.(stdout|stderr)\b/.test(line))
      problems.push(`${file}:${index + 1}: the engine never prints`);
}

/** Folders of one rank may use each other, but not in a circle. */
function checkCycles() {
  const visit = (folder, path) => {
    for (const [next, file] of edges.get(folder) ?? []) {
      if (next === path[0]) problems.push(`${file}: circle of folders ${[...path, next].join(' -> ')}`);
      else if (!path.includes(next)) visit(next, [...path, next]);
    }
  };
  for (const folder of [...edges.keys()].sort()) visit(folder, [folder]);
}

function checkNames() {
  const names = new Set([`${process.cwd()}/`]);
  const lists = [
    '/etc/apt/sources.list',
    ...listDir('/etc/apt/sources.list.d').map((f) => join('/etc/apt/sources.list.d', f)),
  ];
  const text = lists.filter((f) => existsSync(f)).map((f) => readFileSync(f, 'utf8'));
  text.push(
    execFileSync('npm', ['config', 'get', 'registry'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  for (const [, host] of text.join('\n').matchAll(/https?:\/\/([^/\s]+)/g))
    if (host.includes('.')) names.add(host);
  for (const file of tracked) {
    if (file === 'package-lock.json') continue;
    const content = readFileSync(file, 'utf8');
    for (const name of names) if (content.includes(name)) problems.push(`${file}: names ${name}`);
  }
}

function listDir(dir) {
  return existsSync(dir) ? readdirSync(dir) : [];
}

function reportLengths() {
  for (const file of tracked) {
    const limits = LENGTHS[file.split('.').pop()];
    if (!limits) continue;
    const lines = readFileSync(file, 'utf8').split('\n').length - 1;
    if (lines > limits[1]) problems.push(`${file}: ${lines} lines, at most ${limits[1]}`);
    else if (lines > limits[0])
      console.error(`note: ${file} has ${lines} lines; would a reader find two rooms in one?`);
  }
}
