import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { routes } from '../../lib/cli/app.ts';
import { loadTreefile } from '../../lib/compose/treefile.ts';

const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** "compose tree", "status" ... as the command line knows them. */
function commandNames(): string[] {
  return routes.getAllEntries().flatMap(({ name, target }) => {
    if (!('getAllEntries' in target)) return [name.original];
    return target.getAllEntries().map((entry) => `${name.original} ${entry.name.original}`);
  });
}

test('the README lists exactly the commands that there are', async () => {
  const section = (await readFile('README.md', 'utf8')).split('## Commands')[1]!.split('\n## ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([a-z-]+(?: [a-z]+)?)/g)].map((m) => m[1]!),
  );
  const known = commandNames();
  const listed = cells.map((cell) => (known.includes(cell) ? cell : cell.split(' ')[0]!));
  expect(listed.sort()).toEqual(known.sort());
});

test.each(documents)('links of %s lead somewhere', async (file) => {
  const text = await readFile(file, 'utf8');
  const links = [...text.matchAll(/\]\(([^)#]+)/g)].map((match) => match[1]!);
  expect(
    links.filter((link) => !link.startsWith('https:') && !existsSync(join(dirname(file), link))),
  ).toEqual([]);
});

test('paths and scripts that the documents name exist', async () => {
  for (const file of documents) {
    const text = await readFile(file, 'utf8');
    const named = [
      ...text.matchAll(/(?<!\/\w*)\b((?:lib|native|scripts|docs|test|examples)\/[\w./-]*\w)/g),
    ].map((m) => m[1]!);
    const missing = named.filter(
      (path) => !['', '.ts', '.h', '.cc'].some((ending) => existsSync(path + ending)),
    );
    expect(missing, file).toEqual([]);
  }
});

test('example treefiles load, and example programs are short', async () => {
  for (const name of await readdir('examples')) {
    if (name.endsWith('.yaml')) expect((await loadTreefile(`examples/${name}`)).packages).not.toEqual([]);
    if (name.endsWith('.mjs'))
      expect((await readFile(`examples/${name}`, 'utf8')).split('\n').length).toBeLessThan(42);
  }
  expect(await loadTreefile('examples/server.yaml')).toMatchObject({
    ref: expect.stringMatching(/^debian\/\w+\/server$/),
    packages: expect.arrayContaining(['systemd-sysv', 'ostree-boot']),
  });
});
