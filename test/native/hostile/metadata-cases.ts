import { deb, dir, type Entry, file, gzip, longName, symlink, tar } from './archive.ts';
import { accept, format, type HostileCase, limit, paths, reserved } from './case.ts';

const data =
  (...entries: (Entry | Buffer)[]) =>
  () =>
    deb({ data: entries });
const raw =
  (...entries: (Entry | Buffer)[]) =>
  (end: number, tail: Buffer = Buffer.alloc(0)) =>
  () =>
    deb({ data: gzip(Buffer.concat([tar([dir('./'), ...entries], end), tail])) });
const odd = (more: Partial<Entry>) => data(file('./x', 'y', more));
const pax = (record: string, type = 'x') =>
  data({ name: './PaxHeaders/x', type, data: record }, file('./x', 'y'));
const record = (text: string) => {
  const length = text.length + 3 + String(text.length + 4).length - 1;
  return `${length} ${text}\n`;
};
const auditOf = (m: { audit: string[] }) => m.audit;
const last =
  (column: 'mode' | 'uid' | 'gid' | 'mtime' | 'uname') =>
  (m: { entries: Record<typeof column, unknown[]> }): unknown =>
    m.entries[column].at(-1);
const usrX = [dir('./usr/'), dir('./usr/lib/'), file('./usr/lib/x', '1')];

/** Tar headers: numbers, modes, types, owners, and paths with a meaning. */
export const METADATA_CASES: HostileCase[] = [
  format('m01-badsum', odd({ checksum: 1 }), 'checksum of a tar header is wrong'),
  format('m02-size-negative-b256', odd({ size: -1 }), 'size in a tar header is negative'),
  format('m03-size-b256-huge', odd({ size: 2n ** 80n }), 'size in a tar header is too large'),
  limit('m04-size-octal-8G', odd({ size: 2 ** 33 - 1 }), 'unpacks to more than 64 MiB'),
  format('x54-size-above-archive', odd({ size: 2000 }), 'ends inside of an entry'),
  format(
    'm05-size-nonoctal',
    odd({ patch: { 124: '0000000009\0' } }),
    'size in a tar header is not an octal number',
  ),
  format('m06-uid-2g', odd({ uid: 2n ** 31n }), 'uid 2147483648 is out of range'),
  format('m07-uid-minus1', odd({ uid: -1 }), 'uid -1 is out of range'),
  format('m08-uid-2p40', odd({ uid: 2n ** 40n }), 'uid 1099511627776 is out of range'),
  accept('m09-mtime-neg', odd({ mtime: -5 }), last('mtime'), -5),
  accept('m10-mtime-2p60', odd({ mtime: 2n ** 60n }), last('mtime'), Number.MAX_SAFE_INTEGER),
  accept('m11-mode-07777', odd({ mode: 0o7777 }), auditOf, ['setuid /x', 'setgid /x']),
  accept('m12-mode-0177777', odd({ mode: 0o177777 }), last('mode'), 0o7777),
  accept('m13-setuid-root', odd({ mode: 0o4755 }), auditOf, ['setuid /x']),
  format('m14-chardev', data({ name: './dev', type: '3' }), 'cannot ship a device node'),
  format('m15-blockdev-root', data({ name: './dev', type: '4' }), 'cannot ship a device node'),
  format('m16-fifo', data({ name: './pipe', type: '6' }), 'cannot ship a named pipe'),
  format('m17-whiteout-dev00', data({ name: './.wh', type: '3', mode: 0 }), 'cannot ship a device node'),
  accept('m18-overlay-whname', data(file('./.wh.x'), file('./.wh..wh..opq')), paths, [
    '/.',
    '/.wh.x',
    '/.wh..wh..opq',
  ]),
  format('m19-type-unknown-Z', odd({ type: 'Z' }), 'type "Z" are not supported'),
  format('m20-type-contiguous-7', odd({ type: '7' }), 'type "7" are not supported'),
  format('m21-gnu-sparse-S', odd({ type: 'S' }), 'type "S" are not supported'),
  format('m22-pax-path', pax(record('path=../../evil')), 'pax headers'),
  format('m23-pax-size', pax(record('size=999999')), 'pax headers'),
  format('m24-pax-xattr-cap', pax(record('SCHILY.xattr.security.capability=x')), 'pax headers'),
  format('m25-pax-xattr-overlay', pax(record('SCHILY.xattr.trusted.overlay.redirect=/etc')), 'pax headers'),
  format('m26-pax-global', pax(record('path=evil'), 'g'), 'pax headers'),
  format('m27-pax-len-lie', pax('99999 path=evil\n'), 'pax headers'),
  format('m28-dup-entry', data(file('./x', '1'), file('./x', '2')), '/x stands in the archive twice'),
  format('m29-dup-dir-then-file', data(dir('./x/'), file('./x', '2')), '/x stands in the archive twice'),
  accept(
    'm30-uname-evil',
    odd({ uname: 'daemon', gname: 'shadow', uid: 0 }),
    (m) => [last('uid')(m), last('gid')(m), last('uname')(m)],
    [1, 42, 'daemon'],
  ),
  format('m31-no-eof-blocks', raw(file('./x', 'y'))(0), 'no end mark'),
  accept('m32-data-after-eof', raw(file('./x', 'y'))(1024, tar([file('./late')])), paths, ['/.', '/x']),
  accept('m33-one-zero-block', raw(file('./x', 'y'))(512), paths, ['/.', '/x']),
  accept('m34-v7-magic', odd({ magic: '', uname: 'daemon' }), last('uid'), 0),
  format('m35-ustar-prefix', odd({ magic: 'ustar\x0000', prefix: '../../evil' }), 'leads out of the package'),
  format(
    'm36-usrmerge-alias',
    data(...usrX, dir('./lib/'), file('./lib/x', '2')),
    '/usr/lib/x stands in the archive twice',
  ),
  accept('m37-bin-dir-over-symlink', data(dir('./bin/'), file('./bin/x')), paths, ['/.', '/bin', '/bin/x']),
  reserved(
    'm38-var-content',
    data(dir('./var/'), dir('./var/lib/'), dir('./var/lib/dpkg/'), file('./var/lib/dpkg/status', 'x')),
    'only dpkg may write its database',
  ),
  accept(
    'm39-etc-conffile-symlink',
    () =>
      deb({
        members: [file('./conffiles', '/etc/x\n')],
        data: [dir('./etc/'), symlink('./etc/x', '/usr/x')],
      }),
    (m) => m.entries.target.at(-1),
    '/usr/x',
  ),
  reserved(
    'm40-ostree-dirs',
    data(dir('./ostree/'), dir('./ostree/repo/')),
    '/ostree must not be in a package',
  ),
  reserved(
    'm41-usr-etc',
    data(dir('./usr/'), dir('./usr/etc/'), file('./usr/etc/passwd', 'x')),
    '/usr/etc must not be in a package',
  ),

  reserved('x40-boot-loader', data(dir('./boot/'), dir('./boot/loader.1/')), '/boot/loader.1 must not be'),
  reserved('x41-sysroot', data(symlink('./sysroot', '/')), '/sysroot must not be'),
  reserved('x42-alias-is-file', data(file('./bin', 'x')), '/bin must be a directory or a symlink to usr/bin'),
  reserved(
    'x43-alias-leads-elsewhere',
    data(symlink('./lib64', '/tmp')),
    '/lib64 must be a directory or a symlink',
  ),
  accept('x44-alias-symlink', data(symlink('./lib64', 'usr/lib64')), paths, ['/.', '/lib64']),
  accept('x45-ustar-prefix', odd({ magic: 'ustar\x0000', prefix: 'usr/share' }), paths, [
    '/.',
    '/usr/share/x',
  ]),
  accept('x46-gnu-times-for-prefix', odd({ patch: { 345: '14712000000\0' } }), paths, ['/.', '/x']),
  format('x47-dir-with-size', data(dir('./d/', { data: 'x' })), 'only a regular file can have content'),
  format('x48-owner-not-utf8', odd({ patch: { 265: Buffer.from([0xff]) } }), "owner's name is not UTF-8"),
  accept('x49-owner-unknown', odd({ uname: 'postfix', uid: 110 }), auditOf, [
    'owner postfix of /x is not static',
  ]),
  accept(
    'x50-size-base256',
    () =>
      deb({ data: [file('./x', 'yy', { patch: { 124: Buffer.from([0x80, ...Array(10).fill(0), 2]) } })] }),
    (m) => m.entries.size.at(-1),
    2,
  ),
  accept(
    'x51-long-symlink',
    data({ ...longName('t'.repeat(300)), type: 'K' }, symlink('./l', 'short')),
    (m) => m.entries.target.at(-1),
    't'.repeat(300),
  ),
  format(
    'x52-checksum-not-octal',
    odd({ patch: {}, checksum: Number.NaN }),
    'checksum in a tar header is not an octal number',
  ),
  accept(
    'x53-same-dir-by-alias',
    data(dir('./lib/', { mode: 0o700 }), dir('./usr/'), dir('./usr/lib/')),
    paths,
    ['/.', '/lib', '/usr', '/usr/lib'],
  ),
];
