import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

/** A package as npm unpacks it: without build/, and with a node-gyp that only writes down that it ran. */
let dir: TempDir;
const folder = `prebuilds/linux-${process.arch}`;

beforeAll(async () => {
  dir = await tempDir('package');
  for (const file of ['package.json', 'binding.gyp', 'dist', 'scripts'])
    await cp(file, dir.file(file), { recursive: true });
  await mkdir(dir.file('node_modules', 'node-gyp', 'bin'), { recursive: true });
  await writeFile(
    dir.file('node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
    `require('node:fs').writeFileSync('gyp-ran', process.argv.slice(2).join(' '));`,
  );
  await run(process.execPath, ['scripts/prebuild.mjs', '--from', 'build/Release', '--out', dir.path]);
});

afterAll(() => dir[Symbol.asyncDispose]());

/** Loads an addon of the package in a process of its own: its keys, or its error. */
async function load(
  name: string,
): Promise<{ keys?: string[]; code?: string; message: string; hint: string }> {
  const program = `
    const { loadAddon } = await import(${JSON.stringify(dir.file('dist', 'native', 'load.js'))});
    try { console.log(JSON.stringify({ keys: Object.keys(loadAddon('${name}')) })); }
    catch ({ code, message, hint }) { console.log(JSON.stringify({ code, message, hint })); }`;
  return JSON.parse(await run(process.execPath, ['--input-type=module', '-e', program]));
}

async function install(env: Record<string, string> = {}): Promise<string> {
  await rm(dir.file('gyp-ran'), { force: true });
  await execute(process.execPath, [dir.file('scripts', 'install.cjs')], { env });
  return readFile(dir.file('gyp-ran'), 'utf8').catch(() => '');
}

/** An addon that was linked with a library that no system has. */
async function foreignAddon(file: string, soname: string): Promise<void> {
  await using work = await tempDir('foreign');
  await writeFile(work.file('library.c'), 'int foreign(void) { return 0; }\n');
  await writeFile(work.file('addon.c'), 'int foreign(void);\nint start(void) { return foreign(); }\n');
  const gcc = (args: string[]) => run('gcc', ['-shared', '-fPIC', ...args], { cwd: work.path });
  await gcc(['-o', 'libforeign.so', `-Wl,-soname,${soname}`, 'library.c']);
  await gcc(['-o', file, 'addon.c', '-L.', '-lforeign']);
}

describe('prebuilt addons', () => {
  it('are named by the soname of libapt-pkg, and load without a build', async () => {
    const files = await readdir(dir.file(folder));
    expect(files.sort()).toEqual([expect.stringMatching(/^apt\d+\.glibc\.node$/), 'ostree.glibc.node']);
    expect((await load('ostree')).keys).toContain('openRepo');
    expect((await load('apt')).keys).toContain('resolve');
  });

  it('stand in for a build when the package is installed', async () => {
    expect(await install()).toBe('');
    expect(await install({ npm_config_build_from_source: 'true' })).toBe('rebuild');
  });

  it('are passed over where their library is another: the next is tried', async () => {
    await foreignAddon(dir.file(folder, 'apt0.glibc.node'), 'libapt-pkg.so.0.1');
    expect((await load('apt')).keys).toContain('resolve');
    expect(await install()).toBe('');
    await rm(dir.file(folder, 'apt0.glibc.node'));
  });
});

describe('an addon that does not load', () => {
  it('names the missing library and the package that has it, and is built when the package is installed', async () => {
    const [apt] = (await readdir(dir.file(folder))).filter((file) => file.startsWith('apt'));
    await rm(dir.file(folder, apt!));
    const soname = apt!.startsWith('apt6') ? 'libapt-pkg.so.7.0' : 'libapt-pkg.so.6.0';
    await foreignAddon(join(dir.path, folder, 'apt5.glibc.node'), soname);
    const error = await load('apt');
    expect(error.code).toBe('ERR_NATIVE_LOAD');
    expect(error.message).toBe(`apt.node could not be loaded: ${soname} is missing`);
    expect(error.hint).toContain(`apt-get install libapt-pkg${soname.slice(-3)}, or build for this system`);
    expect(await install()).toBe('rebuild');
  });

  it('is said to be unbuilt where there is none', async () => {
    await rm(dir.file('prebuilds'), { recursive: true });
    const error = await load('ostree');
    expect(error.code).toBe('ERR_NATIVE_LOAD');
    expect(error.message).toBe('ostree.node could not be loaded: it has not been built');
    expect(error.hint).toMatch(/^build for this system: apt-get install .*libostree-dev/);
    expect(await install()).toBe('rebuild');
  });
});
