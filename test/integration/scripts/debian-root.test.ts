import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareMasks } from '../../../lib/scripts/masks/masks.ts';
import { ScriptRunner } from '../../../lib/scripts/script-runner.ts';
import type { ScriptCall, ScriptResult } from '../../../lib/scripts/types.ts';
import { minbase } from '../../helpers/minbase.ts';
import { run } from '../../helpers/run.ts';
import { type TempDir, tempDir } from '../../helpers/temp.ts';
import { smallStack } from './small-stack.ts';

/** What the tools that maintainer scripts call do in the sandbox, on a real Debian root. */

let dir: TempDir;
let root: string;
beforeAll(async () => {
  root = await minbase();
  dir = await tempDir('debian-root');
  await mkdir(dir.file('logs'));
});
afterAll(() => dir[Symbol.asyncDispose]());

const TEMPLATES = `Template: probe/word
Type: string
Default: plain
Description: A word
 Any word.
`;

/** Runs a postinst of the package `probe` on a fresh stack over the root. */
async function postinst(script: string): Promise<ScriptResult & { upper: string }> {
  await using area = await tempDir('stack');
  const work = dir.file(`work-${Math.random()}`);
  await mkdir(work);
  const stack = await smallStack(root, work);
  const files: [string, number, string][] = [
    ['var/lib/dpkg/info/probe.postinst', 0o755, `#!/bin/sh\nset -e\n${script}\n`],
    ['var/lib/dpkg/info/probe.templates', 0o644, TEMPLATES],
    [
      'var/lib/dpkg/info/probe.config',
      0o755,
      '#!/bin/sh\n. /usr/share/debconf/confmodule\ndb_set probe/word configured\n',
    ],
  ];
  const layer = area.file('layer');
  for (const [path, mode, text] of files) {
    const file = `${layer}/${path}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
  }
  // As the engine does, the status says that the package is being configured.
  const status = await run('cat', [`${root}/var/lib/dpkg/status`]);
  const stanza =
    'Package: probe\nStatus: install ok half-configured\nMaintainer: x\nArchitecture: all\nVersion: 1.0\nDescription: x\n\n';
  await writeFile(`${layer}/var/lib/dpkg/status`, status + stanza);
  stack.layers.push(layer);
  const manager = new ScriptRunner({
    logs: dir.file('logs'),
    masks: await prepareMasks(area.file('masks')),
    dpkgVersion: '1.21.22',
    sourceDateEpoch: 86400 * 100,
    timeoutSeconds: 60,
  });
  const call: ScriptCall = {
    package: 'probe',
    version: '1.0',
    architecture: 'all',
    script: 'postinst',
    args: ['configure', ''],
    path: '/var/lib/dpkg/info/probe.postinst',
    refcount: 1,
  };
  const result = await manager.executeScript({ ...call, stack });
  return { ...result, upper: stack.layers.at(-1)! };
}

const read = (result: { upper: string }, path: string) => run('cat', [result.upper + path]);

describe('tools of maintainer scripts', () => {
  test('accounts get numbers, groups and a day that does not depend on today', async () => {
    const result = await postinst(`
      groupadd --system probegroup
      useradd --system --gid probegroup --home-dir /var/lib/probe --shell /usr/sbin/nologin probe
      install -d -o probe -g probegroup -m 2750 /var/lib/probe
      useradd --system other; echo other:secret | chpasswd
      setpriv --reuid=probe --regid=probegroup --clear-groups touch /var/lib/probe/mine
      su -s /bin/sh probe -c 'id -un > /var/lib/probe/su'`);
    expect(await read(result, '/etc/passwd')).toMatch(
      /^probe:x:99\d:99\d::\/var\/lib\/probe:\/usr\/sbin\/nologin$/m,
    );
    expect(await read(result, '/etc/shadow')).toMatch(/^probe:!:100:.*^other:\$y\$[^:]+:\d+:/ms);
    expect(await run('stat', ['-c', '%a %u', `${result.upper}/var/lib/probe`])).toMatch(/^2750 99\d\n$/);
    expect(await read(result, '/var/lib/probe/su')).toBe('probe\n');
    expect(result.changes.map((c) => c.path)).toContain('/var/lib/probe/mine');
  });

  test('debconf loads the templates, runs the config script and asks nobody', async () => {
    const result = await postinst(
      '. /usr/share/debconf/confmodule\ndb_get probe/word\necho "$RET" > /etc/word',
    );
    expect(await read(result, '/etc/word')).toBe('configured\n');
    expect(await read(result, '/var/cache/debconf/config.dat')).toMatch(
      /Name: probe\/word\nTemplate: probe\/word\nValue: configured\nOwners: probe\n/,
    );
  });

  test('dpkg answers, diverts, overrides and notes triggers; alternatives work', async () => {
    const result = await postinst(`
      dpkg --compare-versions "$DPKG_RUNNING_VERSION" ge 1.21
      dpkg-query -W -f '\${db:Status-Status}' probe > /etc/state
      dpkg-divert --package probe --rename --divert /usr/bin/yes.real --add /usr/bin/yes
      dpkg-statoverride --update --add root mail 2755 /usr/bin/whoami
      dpkg-trigger --no-await probe-trigger
      update-alternatives --install /usr/bin/probe-alt probe-alt /bin/true 10
      ldconfig`);
    expect(await read(result, '/etc/state')).toBe('half-configured');
    expect(await read(result, '/var/lib/dpkg/diversions')).toContain(
      '/usr/bin/yes\n/usr/bin/yes.real\nprobe\n',
    );
    expect(await read(result, '/var/lib/dpkg/statoverride')).toContain('root mail 2755 /usr/bin/whoami\n');
    expect(await run('stat', ['-c', '%a %G', `${result.upper}/usr/bin/whoami`])).toBe('2755 mail\n');
    expect(await read(result, '/var/lib/dpkg/triggers/Unincorp')).toBe('probe-trigger -\n');
    expect(await run('readlink', [`${result.upper}/etc/alternatives/probe-alt`])).toBe('/bin/true\n');
  });

  test('no daemon is started, and nothing of the helpers is left', async () => {
    const result = await postinst(`
      status=0; /usr/sbin/policy-rc.d ssh start || status=$?; echo "policy $status"
      if command -v invoke-rc.d >/dev/null; then invoke-rc.d --quiet probe start || true; fi
      echo "\${HOME-unset} \${TERM-unset} $DPKG_ROOT|$DEBIAN_FRONTEND"; hostname; touch /run/x /tmp/y /var/tmp/z`);
    expect(result.tail).toContain('policy 101\n');
    expect(result.tail).toContain('/root unset |noninteractive\nbuild\n');
    expect(result.changes.map((c) => c.path)).toEqual(['/']);
  });
});
