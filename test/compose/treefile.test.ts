import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadTreefile } from '../../lib/compose/treefile.ts';
import { AptOstreeError } from '../../lib/errors/error.ts';
import { tempDir } from '../helpers/temp.ts';

/** Loads `main.yaml` of a folder with these files. */
async function load(files: Record<string, string>) {
  await using dir = await tempDir('treefile');
  await mkdir(dir.file('sub'));
  for (const [name, text] of Object.entries(files)) await writeFile(dir.file(name), text);
  try {
    return { dir: dir.path, tree: await loadTreefile(dir.file('main.yaml')), error: undefined };
  } catch (error) {
    if (!AptOstreeError.is(error)) throw error;
    return { dir: dir.path, tree: undefined, error };
  }
}

async function refusal(
  files: Record<string, string>,
): Promise<{ message: string; hint: string | undefined }> {
  const { error, dir } = await load(files);
  expect(error?.code).toBe('ERR_TREEFILE');
  return { message: error!.message.replaceAll(`${dir}/`, ''), hint: error!.hint };
}

test('an empty treefile has the defaults of apt', async () => {
  const { tree } = await load({ 'main.yaml': 'architecture: arm64\n' });
  expect(tree).toMatchObject({
    ref: null,
    architecture: 'arm64',
    repos: 'host',
    packages: [],
    recommends: true,
    documentation: true,
    installLangs: null,
    essential: true,
    initramfs: 'dracut',
    preserveAccounts: null,
  });
});

test('every key of the format is taken', async () => {
  const { tree, dir } = await load({
    'main.yaml': `edition: "2026"
ref: debian/\${suite}/\${architecture}/server
architecture: amd64
variables: { suite: bookworm }
repos:
  - types: deb
    uris: [file:./pool, https://mirror.example/debian]
    suites: "\${suite}"
    components: [main, contrib]
    signed-by: keys/x.gpg
packages: [nginx=1.22.1-9, nginx/bookworm-backports, ./local.deb]
exclude-packages: [tasksel]
recommends: false
documentation: false
install-langs: [en, de]
essential: false
units: [ssh.service]
default-target: multi-user.target
add-files: [[motd, /etc/motd]]
remove-files: [/usr/share/foo]
postprocess: ["#!/bin/sh\\necho \${HOME}\\n"]
initramfs: none
preserve-accounts: accounts.lock
add-commit-metadata: { version: "12.1" }
`,
  });
  expect(tree).toEqual({
    ref: 'debian/bookworm/amd64/server',
    architecture: 'amd64',
    repos: [
      {
        types: 'deb',
        uris: `file:${dir}/pool https://mirror.example/debian`,
        suites: 'bookworm',
        components: 'main contrib',
        'signed-by': `${dir}/keys/x.gpg`,
      },
    ],
    packages: ['nginx=1.22.1-9', 'nginx/bookworm-backports', `${dir}/local.deb`],
    excludePackages: ['tasksel'],
    recommends: false,
    documentation: false,
    installLangs: ['en', 'de'],
    essential: false,
    units: ['ssh.service'],
    defaultTarget: 'multi-user.target',
    addFiles: [{ source: `${dir}/motd`, target: '/etc/motd' }],
    removeFiles: ['/usr/share/foo'],
    postprocess: ['#!/bin/sh\necho ${HOME}\n'],
    initramfs: 'none',
    preserveAccounts: `${dir}/accounts.lock`,
    addCommitMetadata: { version: '12.1' },
    files: [`${dir}/main.yaml`],
  });
});

test('JSON is taken as well, tabs and all', async () => {
  const { tree } = await load({ 'main.yaml': '{\n\t"ref": "a/b",\n\t"packages": ["bash"]\n}\n' });
  expect(tree).toMatchObject({ ref: 'a/b', packages: ['bash'] });
});

test('included lists add up, scalars override, and paths are those of the file they stand in', async () => {
  const { tree, dir } = await load({
    'main.yaml': 'include: [sub/a.yaml]\npackages: [nginx, bash]\nrecommends: true\nadd-files: [[x, /x]]\n',
    'sub/a.yaml': 'include: b.yaml\npackages: [bash, ssh]\nrecommends: false\nadd-files: [[y, /y]]\n',
    'sub/b.yaml': 'packages: [dash]\nessential: false\nadd-commit-metadata: { a: 1 }\n',
  });
  expect(tree).toMatchObject({
    packages: ['dash', 'bash', 'ssh', 'nginx'],
    recommends: true,
    essential: false,
  });
  expect(tree?.addFiles).toEqual([
    { source: `${dir}/sub/y`, target: '/y' },
    { source: `${dir}/x`, target: '/x' },
  ]);
  expect(tree?.files).toEqual([`${dir}/sub/b.yaml`, `${dir}/sub/a.yaml`, `${dir}/main.yaml`]);
});

test('a variable of the including file overrides the one of the included file, also in its includes', async () => {
  const { tree } = await load({
    'main.yaml': 'variables: { suite: trixie }\ninclude: [common.yaml]\n',
    'common.yaml': 'variables: { suite: bookworm }\nref: "os/${suite}"\ninclude: ["${suite}.yaml"]\n',
    'trixie.yaml': 'packages: [new]\n',
  });
  expect(tree).toMatchObject({ ref: 'os/trixie', packages: ['new'] });
});

test('host sources are replaced by stanzas, and stanzas by host sources', async () => {
  const list = 'repos: [{ uris: "https://a.example/", suites: ./ }]\n';
  const { tree } = await load({ 'main.yaml': `include: [a.yaml]\n${list}`, 'a.yaml': 'repos: host\n' });
  expect(tree?.repos).toEqual([{ types: 'deb', uris: 'https://a.example/', suites: './' }]);
  const back = await load({ 'main.yaml': 'include: [a.yaml]\nrepos: host\n', 'a.yaml': list });
  expect(back.tree?.repos).toBe('host');
});

test('an armored key and a fingerprint are no paths', async () => {
  const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\\n./a/b\\n';
  const { tree } = await load({
    'main.yaml': `repos:\n- { uris: u, suites: s, signed-by: "${key}" }\n- { uris: u, suites: s, signed-by: ABCDEF }\n`,
  });
  expect((tree!.repos as { 'signed-by': string }[]).map((r) => r['signed-by'])).toEqual([
    key.replaceAll('\\n', '\n'),
    'ABCDEF',
  ]);
});

test.each([
  ['packges: [a]\n', 'main.yaml:1:1: unknown key "packges"', 'did you mean "packages"?'],
  [
    'ref: a\n\nexclude_packages: [a]\n',
    'main.yaml:3:1: unknown key "exclude_packages"',
    'did you mean "exclude-packages"?',
  ],
  ['zzzzzzzzz: 1\n', 'main.yaml:1:1: unknown key "zzzzzzzzz"', undefined],
  [
    'ref: a\nrecommends: no way\n',
    'main.yaml:2:13: recommends: expected boolean, received string (it is "no way")',
    undefined,
  ],
  ['packages:\n  - bash\n  - [x]\n', 'main.yaml:3:5: packages.1: expected string, received array', undefined],
  ['packages: [a b]\n', 'main.yaml:1:12: packages.0: must be one word (it is "a b")', undefined],
  ['edition: "2027"\n', 'main.yaml:1:10: edition: expected "2026" (it is "2027")', undefined],
  [
    'initramfs: mkinitcpio\n',
    'main.yaml:1:12: initramfs: expected one of "dracut"|"none" (it is "mkinitcpio")',
    undefined,
  ],
  [
    'add-files: [[a, etc/motd]]\n',
    'main.yaml:1:17: add-files.0.1: must be an absolute path (it is "etc/motd")',
    undefined,
  ],
  [
    'remove-files: [/usr/../etc]\n',
    'main.yaml:1:16: remove-files.0: must not contain ".." (it is "/usr/../etc")',
    undefined,
  ],
  [
    'repos: [{ uris: a, suites: b, signedby: c }]\n',
    'main.yaml:1:31: unknown key "signedby"',
    'did you mean "signed-by"?',
  ],
  ['repos: [{ uris: a }]\n', 'main.yaml:1:9: repos.0.suites: ', undefined],
  ['repos: guest\n', 'main.yaml:1:8: repos: no such value is allowed here (it is "guest")', undefined],
  ['ref: "${nope}"\n', 'main.yaml:1:6: no variable "nope" (known: architecture)', undefined],
  ['ref: a\nref: b\n', 'main.yaml:2:1: Map keys must be unique', undefined],
  ['ref: [a\n', 'main.yaml:2:1: ', undefined],
  ['- a\n', 'main.yaml:1:1: a treefile is a mapping of keys to values', undefined],
  ['include: 7\n', 'main.yaml:1:10: include: must be a path', undefined],
])('%j is refused where it is wrong', async (text, message, hint) => {
  const refused = await refusal({ 'main.yaml': text });
  expect(refused.message).toContain(message);
  expect(refused.hint).toBe(hint);
});

test('the error of an included file names that file', async () => {
  const { message } = await refusal({
    'main.yaml': 'include: [sub/a.yaml]\n',
    'sub/a.yaml': '\nunit: [a]\n',
  });
  expect(message).toBe('sub/a.yaml:2:1: unknown key "unit"');
});

test('circles of includes and missing files are refused', async () => {
  const circle = { 'main.yaml': 'include: [sub/a.yaml]\n', 'sub/a.yaml': 'include:\n- ../main.yaml\n' };
  const { message } = await refusal(circle);
  expect(message).toBe('sub/a.yaml:2:3: ../main.yaml includes itself: main.yaml -> sub/a.yaml -> main.yaml');
  expect((await refusal({ 'main.yaml': 'include: [gone.yaml]\n' })).message).toBe('gone.yaml: no such file');
});

test('all problems of a file are in the details, the first in the message', async () => {
  const { error } = await load({ 'main.yaml': 'refs: a\nunits: 3\n' });
  expect(error?.message).toContain('(and 1 more)');
  expect(error?.details).toMatchObject({ line: 2, problems: [{ line: 2 }, { line: 1, nearest: 'ref' }] });
});

test('a treefile may be given as content', async () => {
  const tree = await loadTreefile({ ref: 'a', packages: ['./x.deb'] });
  expect(tree).toMatchObject({ ref: 'a', packages: [`${process.cwd()}/x.deb`], files: [] });
  await expect(loadTreefile({ nonsense: 1 } as never)).rejects.toThrow('unknown key "nonsense"');
});
