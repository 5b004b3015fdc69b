import { afterAll, beforeAll, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'only-directories' },
      files: 'd /usr/share/both 0755',
      scripts: { postrm: 'echo "$*" > /etc/told' },
    },
    { control: { Package: 'first' }, files: 'f /usr/share/both/first 0644 root root 1' },
    {
      control: { Package: 'leaves-nothing' },
      files: 'd /usr/share/again 0755\nf /usr/share/kept 0644 root root x',
      scripts: { postinst: 'rmdir /usr/share/again' },
    },
    { control: { Package: 'makes-again' }, files: 'd /usr/share/again 0755' },
  ]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

const DPKG = '/usr/lib/sysimage/dpkg';

async function layer(base: string, install: string): Promise<ReturnType<typeof ostreeCli>> {
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base', packages: [base] }) });
  const treefile = s.treefile();
  await s.system.composeLayer({ base: 'test/base', ref: 'test/layer', install: [install], treefile });
  return ostreeCli(s.repo);
}

// test/integration/dpkg/shared-files.test.ts shows that dpkg does both.
it('forgets a package of which all directories belong to others, as dpkg does', async () => {
  const cli = await layer('only-directories', 'first');
  expect(await cli.cat('test/layer', '/usr/etc/told')).toBe('disappear first 1.0\n');
  expect(await cli.cat('test/layer', `${DPKG}/status`)).not.toContain('Package: only-directories');
});

it('gives a directory that was gone to the package that makes it again, as dpkg does', async () => {
  const cli = await layer('leaves-nothing', 'makes-again');
  expect(await cli.cat('test/layer', `${DPKG}/info/leaves-nothing.list`)).toBe(
    '/.\n/usr\n/usr/share\n/usr/share/kept\n',
  );
  expect(await cli.cat('test/layer', `${DPKG}/info/makes-again.list`)).toContain('/usr/share/again\n');
});
