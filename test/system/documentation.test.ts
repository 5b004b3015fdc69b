import { afterAll, beforeAll, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

const page = (name: string) => `f /usr/share/man/man1/${name}.1 0644 root root x`;

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'reader' },
      triggers: ['interest-noawait /usr/share/man/man1/writer.1'],
      scripts: { postinst: 'echo "$*" >> /etc/read' },
    },
    { control: { Package: 'writer', 'Pre-Depends': 'reader' }, files: page('writer') },
    { control: { Package: 'copyist' }, files: page('writer') },
    {
      control: { Package: 'slim' },
      files: 'f /etc/dpkg/dpkg.cfg.d/slim 0644 root root path-exclude=/usr/share/man/*',
      conffiles: ['/etc/dpkg/dpkg.cfg.d/slim'],
    },
  ]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

const treefile = (...packages: string[]) => s.treefile({ packages, documentation: false });

// test/integration/dpkg/shared-files.test.ts shows that dpkg does so with --path-exclude.
it('leaves documentation out of the tree, and lets it activate triggers', async () => {
  await s.system.composeTree({ treefile: treefile('reader', 'writer') });
  const cli = ostreeCli(s.repo);
  expect(await cli.run('ls', '-R', 'test/tiny', '/usr/share')).not.toContain('writer.1');
  expect(await cli.cat('test/tiny', '/usr/lib/sysimage/dpkg/info/writer.list')).toContain('/man1/writer.1');
  expect(await cli.cat('test/tiny', '/usr/etc/read')).toBe(
    'configure \ntriggered /usr/share/man/man1/writer.1\n',
  );
});

it('refuses documentation of two packages', async () => {
  await expect(s.system.composeTree({ treefile: treefile('writer', 'copyist') })).rejects.toMatchObject({
    code: 'ERR_FILE_CONFLICT',
  });
});

it('leaves out what the dpkg of a base is told to leave out', async () => {
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base', packages: ['slim', 'reader'] }) });
  const options = { base: 'test/base', ref: 'test/slim', treefile: s.treefile() };
  await s.system.composeLayer({ ...options, install: ['writer'] });
  const cli = ostreeCli(s.repo);
  expect(await cli.run('ls', '-R', 'test/slim', '/usr/share')).not.toContain('/usr/share/man/man1');
  expect(await cli.cat('test/slim', '/usr/lib/sysimage/dpkg/info/writer.list')).toContain('/man1/writer.1');
});
