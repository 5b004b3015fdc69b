import { deb, dir, type Entry, entry, file, gzip, hardlink, longName, symlink, tar } from './archive.ts';
import { accept, format, type HostileCase, paths } from './case.ts';

const data =
  (...entries: (Entry | Buffer)[]) =>
  () =>
    deb({ data: entries });
const long = (name: string, more: Partial<Entry> = {}) => data(longName(name), file('./cut', 'y', more));
const longRecord = (bytes: Buffer) => ({ name: '././@LongLink', type: 'L', data: bytes });
const path5000 = `./${'a/'.repeat(2500)}x`;
const zeros = Buffer.alloc(64 << 20);
const hugeLongName = () =>
  deb({ data: gzip(Buffer.concat([tar([{ name: 'L', type: 'L', size: zeros.length }], 0), zeros])) });
const target = file('./file', 'x');
const noEarlier = 'is no earlier regular file';

/** Names, and entries that get in each other's way. */
export const TREE_CASES: HostileCase[] = [
  format('t01-dotdot', data(file('../evil', 'x')), '"../evil" leads out of the package'),
  accept('t02-abs', data(file('/etc/x', 'y')), paths, ['/.', '/etc/x']),
  format('t03-dotdot-mid', data(file('./usr/../../evil', 'x')), 'leads out of the package'),
  format(
    't04-symlink-then-write',
    data(symlink('./d', '/etc'), file('./d/x', 'y')),
    '/d/x lies below /d, which is not a directory',
  ),
  format(
    't05-symlink-rel-then-write',
    data(symlink('./d', '../../etc'), file('./d/x', 'y')),
    'which is not a directory',
  ),
  format(
    't06-symlink-file-overwrite',
    data(symlink('./x', '/etc/passwd'), file('./x', 'y')),
    '/x stands in the archive twice',
  ),
  format('t07-hardlink-outside-abs', data(hardlink('./x', '/etc/passwd')), noEarlier),
  format('t08-hardlink-dotdot', data(hardlink('./x', '../../etc/passwd')), 'leads out of the package'),
  format('t09-hardlink-then-write', data(hardlink('./x', '/etc/passwd'), file('./x', 'y')), noEarlier),
  format('t10-hardlink-via-symlink', data(symlink('./d', '/etc'), hardlink('./x', './d/passwd')), noEarlier),
  format('t11-hardlink-missing', data(hardlink('./x', './none')), noEarlier),
  format('t12-hardlink-self', data(hardlink('./x', './x')), noEarlier),
  format('t13-hardlink-to-dir', data(dir('./d/'), hardlink('./x', './d')), noEarlier),
  format('t14-hardlink-forward', data(hardlink('./x', './file'), target), noEarlier),
  format(
    't15-hardlink-with-size',
    data(target, { ...hardlink('./x', './file'), data: 'y' }),
    'only a regular file can have content',
  ),
  format(
    't16-dir-replaces-symlink',
    data(symlink('./d', '/etc'), dir('./d/')),
    '/d is a directory and something else as well',
  ),
  format('t17-file-as-dir', data(target, file('./file/x', 'y')), '/file/x lies below /file'),
  format('t18-empty-name', data(file('', 'x')), 'a tar entry has no name'),
  format('t19-dot-only-file', data(file('.', 'x')), 'the root of the package is not a directory'),
  format('t20-newline-name', data(file('./a\nb', 'x')), '"./a\\x0ab" holds a newline'),
  format('t21-nonutf8', data(file(Buffer.from('./caf\xe9', 'latin1'), 'x')), '"./caf\\xe9" is not UTF-8'),
  accept('t22-ctrl-esc', data(file('./a\x1b[31mb', 'x')), paths, ['/.', '/a\x1b[31mb']),
  accept('t23-name-255', long(`./${'n'.repeat(255)}`), paths, ['/.', `/${'n'.repeat(255)}`]),
  format('t24-name-256', long(`./${'n'.repeat(256)}`), 'part of more than 255 bytes'),
  format('t25-path-5000', long(path5000), 'more than any path can have'),
  format('t26-deep-2000', long(`./${'a/'.repeat(2000)}x`), 'more than 256 parts'),
  format('t27-longname-64M', hugeLongName, 'more than any path can have'),
  accept('t28-longname-no-nul', data(longRecord(Buffer.from('./usr/long')), file('./cut')), paths, [
    '/.',
    '/usr/long',
  ]),
  format(
    't29-longname-embedded-nul',
    data(longRecord(Buffer.from('./a\0/etc/x\0')), file('./cut')),
    'holds a NUL byte',
  ),
  format('t30-longname-chain', data(longName('./a'), longName('./b'), file('./cut')), 'two GNU long names'),
  format('t31-longname-at-end', data(longName('./a')), 'not followed by its entry'),
  accept('t32-slashes', data(dir('.//usr///'), file('.//usr/.//x', 'y')), paths, ['/.', '/usr', '/usr/x']),
  accept('t33-no-parents', data(file('./usr/share/x', 'y')), paths, ['/.', '/usr/share/x']),
  accept('t34-trailing-slash-file', data(file('./usr/')), (m) => m.entries.type, ['d', 'd']),

  accept(
    'x60-hardlink-chain',
    data(target, hardlink('./b', './file'), hardlink('./c', 'b')),
    (m) => m.entries.target,
    ['', '', '/file', '/file'],
  ),
  format('x61-hardlink-to-symlink', data(symlink('./l', 'x'), hardlink('./x', './l')), noEarlier),
  format(
    'x62-symlink-after-children',
    data(file('./d/x', 'y'), symlink('./d', '/etc')),
    '/d stands in the archive twice',
  ),
  format('x63-symlink-no-target', data(symlink('./l', '')), 'the symlink has no target'),
  accept(
    'x64-symlinks-last',
    data(symlink('./a', 'b'), file('./b'), symlink('./c', 'b'), file('./d')),
    paths,
    ['/.', '/b', '/d', '/a', '/c'],
  ),
  accept(
    'x65-symlink-anywhere',
    data(symlink('./l', '../../../etc/shadow')),
    (m) => m.entries.target.at(-1),
    '../../../etc/shadow',
  ),
  format(
    'x66-header-cut',
    () => deb({ data: gzip(Buffer.concat([entry(dir('./')), entry(target).subarray(0, 300)])) }),
    'ends inside of a header',
  ),
  format('x67-utf8-surrogate', data(file(Buffer.from([0x2e, 0x2f, 0xed, 0xa0, 0x80]))), 'is not UTF-8'),
  format(
    'x68-root-twice-as-file',
    data(file('./', 'x', { type: '1', data: '', link: './x' })),
    'root of the package is not a directory',
  ),
  accept('x69-empty-package', data(), paths, ['/.']),
  format(
    'x70-symlink-target-latin1',
    data({ name: './l', type: '2', patch: { 157: Buffer.from([0xe9]) } }),
    'too long or not UTF-8',
  ),
];
