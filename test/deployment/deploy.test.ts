import { readFile, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { releaseBases } from '../../lib/deployment/base-refs.ts';
import { deployCommit, repoPath } from '../../lib/deployment/deploy.ts';
import { formatLayerMetadata } from '../../lib/deployment/layer-metadata.ts';
import { emptyOrigin } from '../../lib/deployment/origin.ts';
import { reportDeployments } from '../../lib/deployment/status.ts';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import { readSysroot, setDeploymentOrder } from '../../lib/native/sysroot.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import type { TempDir } from '../helpers/temp.ts';
import { commitRealTree, writeChanges } from '../layout/real-commit.ts';
import { sysrootWithOs } from '../native/sysroot-dir.ts';

describe('a real commit in a sysroot folder', () => {
  let dir: TempDir;
  let repo: Repo;
  let commit: string;

  beforeAll(async () => {
    await machineHas('root', 'archive');
    dir = await sysrootWithOs();
    repo = await openRepo(repoPath(dir.path));
    commit = (await commitRealTree(repo)).ostree;
  }, 600_000);

  afterAll(async () => {
    repo?.close();
    await dir?.[Symbol.asyncDispose]();
  });

  const request = (checksum: string, origin = emptyOrigin('debian/server')) => ({
    ...{ sysroot: dir.path, repo, osname: 'fresh', commit: checksum, origin },
    ...{ kargs: null, merge: null, stage: false },
  });

  test('is deployed by us as by ostree, and told with what was asked and what is in effect', async () => {
    const warnings: string[] = [];
    const monitor = { progress() {}, warning: (text: string) => warnings.push(text) };
    const id = await deployCommit({ ...request(commit), kargs: ['quiet'] }, { monitor });
    expect(warnings).toEqual([expect.stringContaining('initramfs.img')]);
    await run('ostree', ['admin', 'deploy', `--sysroot=${dir.path}`, '--os=debian', commit]);

    await using transaction = await repo.transaction();
    const layer = { packages: ['hello_2.10-3_amd64'], removed: [], replaced: [], version: '1.1' };
    const metadata = formatLayerMetadata(layer);
    const layered = await repo.writeCommit({
      base: commit,
      parent: commit,
      changes: [],
      metadata,
      timestamp: 5,
    });
    await repo.setRef('layered', layered.commit);
    await transaction.commit();
    const origin = { ...emptyOrigin('debian/server'), packages: ['hello', 'not-yet'] };
    const layeredId = await deployCommit(request(layered.commit, origin));

    const state = await readSysroot(dir.path);
    const reports = await reportDeployments(state, (checksum) => repo.readCommit(checksum));
    expect(reports.map((report) => report.id)).toContain(id);
    expect(reports[0]).toMatchObject({
      id: layeredId,
      origin: 'debian/server',
      version: '1.1',
      timestamp: 5,
      'base-checksum': commit,
      'requested-packages': ['hello', 'not-yet'],
      packages: ['hello_2.10-3_amd64'],
    });
    expect(reports[0]!.kargs).toContain('quiet');
    expect(reports.find((report) => report.id === id)).toMatchObject({ 'base-checksum': null, packages: [] });
    const bases = () => repo.listRefs('apt-ostree/base');
    expect(Object.values(await bases())).toEqual([commit]);
    await setDeploymentOrder(dir.path, [id]);
    expect(await releaseBases(repo, dir.path)).toBe(1);
    expect(await bases()).toEqual({});
    const object = dir.file(`ostree/repo/objects/${commit.slice(0, 2)}/${commit.slice(2)}.commit`);
    await rename(object, `${object}.away`);
    expect(await releaseBases(repo, dir.path)).toBe(0);
    await rename(`${object}.away`, object);
    const etc = dir.file(state.deployments.find((deployment) => deployment.id === id)!.path, 'etc');
    expect(await readFile(`${etc}/machine-id`, 'utf8')).toBe('');
  });

  test('is refused when a package is half installed, or the kernel is gone', async () => {
    const view = await repo.readFiles(commit, ['/usr/lib/sysimage/dpkg/status']);
    const status = view[0]!.toString().replace('install ok installed', 'install ok half-configured');
    const file = dir.file('status');
    await writeFile(file, status);
    const path = '/usr/lib/sysimage/dpkg/status';
    const half = await writeChanges(repo, commit, [{ op: 'file', path, from: file }]);
    await expect(deployCommit(request(half))).rejects.toMatchObject({ code: 'ERR_AUDIT' });
    const bare = await writeChanges(repo, commit, [{ op: 'remove', path: '/usr/lib/modules' }]);
    await expect(deployCommit(request(bare))).rejects.toMatchObject({ code: 'ERR_NO_KERNEL' });
    await expect(deployCommit(request('0'.repeat(64)))).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});
