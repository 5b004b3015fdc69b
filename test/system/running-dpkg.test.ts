import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DebSpec } from '../helpers/deb.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

const tell = (script: string) =>
  `echo "$DPKG_MAINTSCRIPT_PACKAGE ${script} $DPKG_RUNNING_VERSION" >> /etc/told`;

/** A package that has dpkg, under a name of its own. */
const manager = (Version: string): DebSpec => ({
  control: { Package: 'manager', Version },
  files: 'f /usr/bin/dpkg 0755 root root #!/bin/sh',
  scripts: Object.fromEntries(
    ['preinst', 'postinst', 'prerm', 'postrm'].map((name) => [name, tell(`${Version} ${name}`)]),
  ),
});

let s: SmallSystem;
beforeAll(async () => {
  const early: DebSpec = { control: { Package: 'early' }, scripts: { preinst: tell('preinst') } };
  const lonely: DebSpec = { control: { Package: 'lonely' }, scripts: { postinst: tell('postinst') } };
  const first = manager('1:2.5ubuntu1-3');
  s = await smallSystem([early, lonely, { ...first, control: { ...first.control, 'Pre-Depends': 'early' } }]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

const told = (ref: string) => ostreeCli(s.repo).cat(ref, '/usr/etc/told');

it('tells scripts of a new tree the version that it will have', async () => {
  await s.system.composeTree({ treefile: s.treefile({ packages: ['early', 'manager'] }) });
  expect((await told('test/tiny')).split('\n').slice(0, 3)).toEqual([
    'early preinst 2.5',
    'manager 1:2.5ubuntu1-3 preinst 2.5',
    'manager 1:2.5ubuntu1-3 postinst 2.5',
  ]);
});

it('tells the version that runs while another one is unpacked, and that one afterwards', async () => {
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base', packages: ['manager'] }) });
  const next = await s.deb(manager('1:3.0-1'));
  const treefile = s.treefile();
  await s.system.composeLayer({ base: 'test/base', ref: 'test/layer', install: [next.path], treefile });
  expect((await told('test/layer')).split('\n').slice(3, -1)).toEqual([
    'manager 1:2.5ubuntu1-3 prerm 2.5',
    'manager 1:3.0-1 preinst 2.5',
    'manager 1:2.5ubuntu1-3 postrm 2.5',
    'manager 1:3.0-1 postinst 3.0',
  ]);
});

it('tells none in a tree that has none', async () => {
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/none', packages: ['lonely'] }) });
  expect(await told('test/none')).toBe('lonely postinst \n');
});
