import { expect, test } from 'vitest';
import { cli, composed } from './fake.ts';

test('try-scripts shows what each script would change, and ends with 1 when one failed', async () => {
  const script = {
    package: 'nginx',
    version: '1.22',
    script: 'postinst',
    args: ['configure', ''],
    state: 'succeeded',
    exit: 0,
    seconds: 0.25,
    changes: [
      { kind: 'added', path: '/etc/nginx/key', type: 'file', size: 12 },
      { kind: 'removed', path: '/etc/old', type: 'whiteout', size: 0 },
    ],
  };
  const result = { base: 'b'.repeat(64), packages: composed.packages, scripts: [script], failure: null };
  const { stdout, exit, calls } = await cli('try-scripts nginx --base=b --repo=/r', { tryScripts: result });
  expect(exit).toBe(0);
  expect(calls[0]).toMatchObject({ method: 'tryScripts', options: { base: 'b', install: ['nginx'] } });
  expect(stdout.split('\n')).toEqual([
    "script nginx.postinst configure '' (nginx 1.22) in 0.25 s",
    '  added    file  12 B  /etc/nginx/key',
    '  removed              /etc/old',
    '1 script of 3 packages ran; nothing was committed',
    '',
  ]);
  const failure = { code: 'ERR_SCRIPT_FAILED', message: 'nginx.postinst failed', hint: null, details: null };
  const failed = await cli('try-scripts nginx --base=b', { tryScripts: { ...result, failure } });
  expect(failed.exit).toBe(1);
  expect(failed.stdout).toContain('nginx.postinst failed');
});

test('history lists runs and what they changed', async () => {
  const entry = {
    kind: 'script',
    package: 'nginx',
    version: '1.22',
    script: 'postinst',
    args: ['configure'],
    state: 'succeeded',
    changes: [{ kind: 'added', path: '/etc/nginx/key' }],
  };
  const quiet = { ...entry, script: 'preinst', changes: [] };
  const skipped = { ...quiet, script: 'prerm', state: 'skipped' };
  const { stdout, calls } = await cli('history --scripts --ref=a', {
    history: { commit: 'c', entries: [entry, quiet, skipped] },
  });
  expect(calls[0]).toMatchObject({ method: 'history', options: { ref: 'a', scripts: true } });
  expect(stdout).toBe(
    'script nginx.postinst configure (nginx 1.22)\n  added  /etc/nginx/key\n' +
      'script nginx.preinst configure (nginx 1.22): changed nothing\n' +
      'script nginx.prerm configure (nginx 1.22): failed, undone and skipped\n',
  );
});
