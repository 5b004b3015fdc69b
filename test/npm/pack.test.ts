import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../helpers/run.ts';

let files: string[];

beforeAll(async () => {
  const json = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const packed = JSON.parse(json) as { files: { path: string }[] }[];
  files = packed[0]!.files.map((file) => file.path);
});

describe('what npm packs', () => {
  it('has nothing that only a checkout needs', () => {
    const meant =
      /^(dist|lib|docs|prebuilds)\/|^native\/(\w+\.sources$|(?!tests|build)\w+\/.*\.(cc|h)$)|^scripts\/[\w-]+\.cjs$/;
    const single = ['package.json', 'binding.gyp', 'README.md', 'LICENSE', 'CHANGELOG.md'];
    expect(files.filter((file) => !meant.test(file) && !single.includes(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(single));
    expect(
      files.filter((file) => /\.test\.|^(native\/)?build\/|(^|\/)(tests?|node_modules)\//.test(file)),
    ).toEqual([]);
  });

  it('has every source that binding.gyp names, and every header that those include', async () => {
    const lists = (await readdir('native')).filter((file) => file.endsWith('.sources'));
    const texts = await Promise.all(lists.map((list) => readFile(join('native', list), 'utf8')));
    const sources = texts.flatMap((text) => text.split('\n')).filter((line) => line && !line.startsWith('#'));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((source) => !files.includes(source))).toEqual([]);
    const absent: string[] = [];
    for (const file of files.filter((name) => /^native\/.*\.(cc|h)$/.test(name)))
      for (const [, header] of (await readFile(file, 'utf8')).matchAll(/^#include "([^"]+)"/gm))
        if (![join('native', header!), join(dirname(file), header!)].some((path) => files.includes(path)))
          absent.push(`${file}: ${header}`);
    expect(absent).toEqual([]);
  });

  it('has what package.json refers to, and the data beside the code', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8'));
    const named = [manifest.main, manifest.types, ...Object.values<string>(manifest.bin)];
    for (const file of named) expect(files).toContain(join(file));
    const [, script] = /^node (\S+)$/.exec(manifest.scripts.install)!;
    expect(files).toContain(script);
    for (const [, other] of (await readFile(script!, 'utf8')).matchAll(/'(?:\.\/)?([\w-]+\.cjs)'/g))
      expect(files).toContain(join(dirname(script!), other!));
    const data = files.filter((file) => /^lib\/.*\.json$/.test(file));
    expect(data.map((file) => file.replace(/^lib/, 'dist')).filter((file) => !files.includes(file))).toEqual(
      [],
    );
  });
});

it('asks for the same Debian packages in a checkout and in an install', async () => {
  const [, setup] = /^build=\(([^)]*)\)$/m.exec(await readFile('scripts/setup', 'utf8'))!;
  expect(await readFile('scripts/install.cjs', 'utf8')).toContain(`'${setup}'`);
  expect((await readFile('lib/native/diagnose.ts', 'utf8')).replace(/' \+\n +'/g, '')).toContain(
    `apt-get install ${setup},`,
  );
});

it('has no script that npm takes for a hook of another', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(
    Object.keys(scripts).filter(
      (name) => name.replace(/^(pre|post)/, '') in scripts && /^(pre|post)/.test(name),
    ),
  ).toEqual([]);
});
