import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { makeDeb } from './deb.ts';
import { machineHas } from './root.ts';
import { run } from './run.ts';
import { tempDir } from './temp.ts';

describe.runIf(await machineHas('root'))('makeDeb', () => {
  const spec = {
    control: { Package: 'demo', Version: '1:2.0-1', Depends: 'libc6' },
    files: `
      d /var/lib/demo 2750 root adm
      f /usr/bin/demo 4755 root mail #!/bin/sh\\necho hello
      f /etc/demo.conf 0644 123 456 a = 1
      l /usr/bin/link demo
      h /usr/bin/hard /usr/bin/demo`,
    scripts: { postinst: 'echo configured' },
    conffiles: ['/etc/demo.conf'],
    triggers: ['interest-noawait /usr/share/demo'],
    members: { templates: 'Template: demo/x\n' },
  };

  it('keeps type, mode, owner, links and content', async () => {
    await using dir = await tempDir();
    const deb = await makeDeb(dir.path, spec);
    const listed = await run('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -tv --numeric-owner',
      'sh',
      deb.path,
    ]);
    const entries = listed.split('\n').map((line) => line.split(/\s+/));
    const find = (path: string) => entries.find((fields) => fields[5] === path)!;
    expect(find('./var/lib/demo/').slice(0, 2)).toEqual(['drwxr-s---', '0/4']);
    expect(find('./usr/bin/demo').slice(0, 2)).toEqual(['-rwsr-xr-x', '0/8']);
    expect(find('./etc/demo.conf').slice(0, 2)).toEqual(['-rw-r--r--', '123/456']);
    expect(find('./usr/bin/link').slice(6)).toEqual(['->', 'demo']);
    expect(find('./usr/bin/hard').slice(6)).toEqual(['link', 'to', './usr/bin/demo']);
    await run('dpkg-deb', ['-R', deb.path, dir.file('out')]);
    expect(await readFile(dir.file('out/usr/bin/demo'), 'utf8')).toBe('#!/bin/sh\necho hello\n');
  });

  it('writes the control members', async () => {
    await using dir = await tempDir();
    const deb = await makeDeb(dir.path, spec);
    expect(deb).toMatchObject({ name: 'demo', version: '1:2.0-1', architecture: 'all' });
    expect(deb.path).toBe(dir.file('demo_2.0-1_all.deb'));
    await run('dpkg-deb', ['-e', deb.path, dir.file('control')]);
    const member = (name: string) => readFile(dir.file('control', name), 'utf8');
    expect(await member('control')).toContain('Depends: libc6\n');
    expect(await member('conffiles')).toBe('/etc/demo.conf\n');
    expect(await member('postinst')).toBe('#!/bin/sh\nset -e\necho configured\n');
    expect(await member('triggers')).toBe('interest-noawait /usr/share/demo\n');
    expect(await member('md5sums')).toMatch(
      /^[0-9a-f]{32} {2}usr\/bin\/demo\n[0-9a-f]{32} {2}usr\/bin\/hard\n$/,
    );
  });

  it('makes the same bytes again, in each compression', async () => {
    await using dir = await tempDir();
    for (const compression of ['xz', 'gzip', 'zstd', 'none'] as const) {
      const first = await makeDeb(dir.file('a'), { ...spec, compression });
      const second = await makeDeb(dir.file('b'), { ...spec, compression });
      expect(second.sha256).toBe(first.sha256);
      const suffix = { xz: '.xz', gzip: '.gz', zstd: '.zst', none: '' }[compression];
      expect(await run('ar', ['t', first.path])).toContain(`data.tar${suffix}\n`);
    }
  });
});
