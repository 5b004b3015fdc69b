import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type AptRepo, makeAptRepo, tamper } from './apt-repo.ts';
import { makeDeb } from './deb.ts';
import { machineHas } from './root.ts';
import { execute } from './run.ts';
import { type TempDir, tempDir } from './temp.ts';

/** Real apt with nothing but the repository; returns the exit status and all that it wrote. */
async function apt(dir: TempDir, repo: AptRepo, ...args: string[]) {
  await mkdir(dir.file('apt/lists/partial'), { recursive: true });
  await mkdir(dir.file('apt/archives/partial'), { recursive: true });
  await writeFile(dir.file('apt/status'), '');
  await writeFile(
    dir.file('apt/apt.conf'),
    `Dir::Etc::SourceList "/dev/null";
     Dir::Etc::SourceParts "${dir.file('apt/parts')}";
     Dir::State::Lists "${dir.file('apt/lists')}";
     Dir::State::Status "${dir.file('apt/status')}";
     Dir::Cache "${dir.file('apt')}";
     APT::Sandbox::User "root";
     APT::Get::List-Cleanup "false";`,
  );
  await mkdir(dir.file('apt/parts'), { recursive: true });
  await writeFile(dir.file('apt/parts/test.sources'), repo.sources());
  const env = { APT_CONFIG: dir.file('apt/apt.conf') };
  const { code, stdout, stderr } = await execute('apt-get', args, { env, cwd: dir.path, ok: [0, 100] });
  return { code, text: `${stdout}${stderr}` };
}

const spec = { control: { Package: 'demo' }, files: 'f /usr/share/demo 0644 root root 1' };

describe.runIf(await machineHas('root'))('makeAptRepo', () => {
  it('is trusted by apt through its key, in each suite', async () => {
    await using dir = await tempDir();
    const [one, two] = [
      await makeDeb(dir.path, spec),
      await makeDeb(dir.path, { ...spec, control: { Package: 'demo', Version: '2.0' } }),
    ];
    await using repo = await makeAptRepo(dir.file('repo'), { suites: { stable: [one], testing: [two] } });
    expect(await apt(dir, repo, 'update', '-o', 'APT::Update::Error-Mode=any')).toMatchObject({ code: 0 });
    expect((await apt(dir, repo, 'download', 'demo/stable')).code).toBe(0);
    expect((await apt(dir, repo, '-s', 'install', 'demo')).text).toContain(
      'Inst demo (2.0 test:testing [all])',
    );
  });

  it('is refused when unsigned or signed by another key', async () => {
    await using dir = await tempDir();
    const deb = await makeDeb(dir.path, spec);
    await using unsigned = await makeAptRepo(dir.file('unsigned'), { suites: [deb], signature: 'unsigned' });
    expect((await apt(dir, unsigned, 'update')).text).toContain('is not signed');
    await using wrong = await makeAptRepo(dir.file('wrong'), { suites: [deb], signature: 'wrong-key' });
    expect((await apt(dir, wrong, 'update')).text).toMatch(/NO_PUBKEY|Missing key/);
  });

  it('can hold a package whose bytes are not those of the index', async () => {
    await using dir = await tempDir();
    const deb = await makeDeb(dir.path, spec);
    await using repo = await makeAptRepo(dir.file('repo'), { suites: [deb] });
    await tamper(repo.pool(deb));
    expect((await apt(dir, repo, 'update')).code).toBe(0);
    const { code, text } = await apt(dir, repo, '--download-only', '-y', 'install', 'demo');
    expect(code).toBe(100);
    expect(text).toMatch(/Hash Sum mismatch|doesn't match|corrupt/i);
  });

  it('follows a new publication', async () => {
    await using dir = await tempDir();
    await using repo = await makeAptRepo(dir.file('repo'), { suites: [await makeDeb(dir.path, spec)] });
    await repo.publish('stable', [
      await makeDeb(dir.path, { ...spec, control: { Package: 'demo', Version: '3.0' } }),
    ]);
    expect((await apt(dir, repo, 'update')).code).toBe(0);
    expect((await apt(dir, repo, '-s', 'install', 'demo')).text).toContain('Inst demo (3.0');
  });
});
