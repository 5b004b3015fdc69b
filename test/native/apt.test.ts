import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { aptBinding } from '../../lib/native/apt.ts';
import { callNative } from '../../lib/native/call.ts';
import { tempDir } from '../helpers/temp.ts';

const selector = { text: 'x', name: 'x', architecture: '', version: '', suite: '', file: '' };

// One file of tests is one process, as one target is in production.
describe('apt.node', () => {
  const binding = aptBinding();

  const configure = (config: string) =>
    callNative(binding, {}, (call) => binding.configure({ config, host: false, hostConfig: '' }, call));
  const resolve = (listsLock: string, signal?: AbortSignal) =>
    callNative(binding, { signal }, (call) =>
      binding.resolve(
        { listsLock, install: [selector], remove: [], upgrade: false, essential: false, purge: false },
        call,
      ),
    );

  it('refuses to work before it is configured', async () => {
    await using dir = await tempDir();
    await expect(resolve(dir.file('lock'))).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });

  it('gives all that libapt-pkg said of a configuration it cannot read', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('apt.conf'), 'APT::Architecture "amd64"\nFoo { Bar');
    const error = await configure(dir.file('apt.conf')).catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_APT', details: { domain: 'apt' } });
    expect(error.details.diagnostics).toContainEqual({
      severity: 'error',
      text: expect.stringMatching(/Syntax error .*apt\.conf/),
    });
    expect(error.stack).toContain('apt.test.ts');
  });

  it('solves over nothing, call after call, and obeys a token that was cancelled', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('none'), '');
    const paths = {
      'Dir::State': '',
      'Dir::State::lists': 'lists/',
      'Dir::Cache': 'cache/',
      'Dir::State::status': 'none',
    };
    const lines = Object.entries(paths).map(([name, path]) => `${name} "${dir.file(path)}";`);
    const sources = ['sourcelist', 'sourceparts', 'preferences', 'preferencesparts'];
    await writeFile(
      dir.file('apt.conf'),
      [...lines, ...sources.map((name) => `Dir::Etc::${name} "/dev/null";`)].join('\n'),
    );
    await configure(dir.file('apt.conf'));
    const [one, two] = await Promise.all([resolve(dir.file('lock')), resolve(dir.file('lock'))]);
    expect(one).toMatchObject({ solved: false, unknown: [{ text: 'x', reason: 'name' }], install: [] });
    expect(two).toEqual(one);
    const token = binding.createCancelToken();
    binding.cancel(token);
    const refused = binding.refresh(dir.file('lock'), { token, onProgress: undefined });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
  });
});
