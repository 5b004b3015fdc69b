import { ar, deb, dir, file, filter, gzip, type Member, tar } from './archive.ts';
import { accept, format, type HostileCase, paths } from './case.ts';

const payload = [dir('./usr/'), file('./usr/x', 'content')];
const dataTar = tar([dir('./'), ...payload]);
const good = (change?: (members: Member[]) => Member[], tail?: string) =>
  deb({ data: payload, ...(change ? { change } : {}), ...(tail ? { tail } : {}) });
const patched = (index: number, patch: Partial<Member>) =>
  good((members) => members.map((m, i) => (i === index ? { ...m, ...patch } : m)));
const extra = (name: string, data = 'x'): Member => ({ name, data: Buffer.from(data) });
const inserted = (at: number, ...more: Member[]) => good((m) => [...m.slice(0, at), ...more, ...m.slice(at)]);
const damagedGzip = (change: (bytes: Buffer) => Buffer) => deb({ data: change(gzip(dataTar)) });
const xz = (data: Buffer, ...options: string[]) => filter(['xz', '-c', ...options], data);
const zstd = (data: Buffer) => filter(['zstd', '-c', '-q'], data);

/** The outer archive, and compression. */
export const AR_CASES: HostileCase[] = [
  accept('a00-good', () => good(), paths, ['/.', '/usr', '/usr/x']),
  format('a01-empty', () => Buffer.alloc(0), 'not a Debian package'),
  format('a02-magic-only', () => Buffer.from('!<arch>\n'), 'first ar member is not debian-binary'),
  format(
    'a03-bad-magic',
    () => Buffer.from(good().toString('latin1').replace('!<arch>', '!<arcx>'), 'latin1'),
    'not a Debian package',
  ),
  format('a04-truncated-data', () => good().subarray(0, -40), 'file ends inside of ar member data.tar.gz'),
  format(
    'a05-member-size-huge',
    () => patched(2, { size: '9999999999' }),
    'file ends inside of ar member data.tar.gz',
  ),
  format('a06-member-size-negative', () => patched(2, { size: '-1' }), 'no valid size'),
  format('a07-member-size-nonnum', () => patched(2, { size: '12x' }), 'no valid size'),
  format('a08-bad-fmag', () => patched(1, { end: 'xx' }), 'wrong end mark'),
  format('a09-no-debian-binary', () => good((m) => m.slice(1)), 'not debian-binary'),
  format(
    'a10-order-swapped',
    () => good(([b, c, d]) => [b!, d!, c!]),
    'data.tar.gz stands where control.tar belongs',
  ),
  format(
    'a11-two-control',
    () => good(([b, c, d]) => [b!, c!, c!, d!]),
    'control.tar.gz stands where data.tar belongs',
  ),
  format('a12-two-data', () => good(([b, c, d]) => [b!, c!, d!, d!]), 'stands after data.tar'),
  format(
    'a13-data-xz-and-gz',
    () => good(([b, c, d]) => [b!, c!, { name: 'data.tar.xz', data: xz(dataTar) }, d!]),
    'stands after data.tar',
  ),
  format('a14-version-3', () => deb({ version: '3.0\n' }), 'version 2.x'),
  accept('a15-version-2.9-extra', () => deb({ version: '2.9\nmore\n' })),
  accept('a16-underscore-member', () => inserted(2, extra('_gpgorigin')), paths, ['/.', '/usr', '/usr/x']),
  format(
    'a17-unknown-member-mid',
    () => inserted(2, extra('unknown')),
    'unknown stands where data.tar belongs',
  ),
  accept('a18-unknown-member-tail', () => inserted(3, extra('unknown'))),
  accept('a19-slash-names', () => good((m) => m.map((x) => ({ ...x, name: `${x.name}/` })))),
  format('a20-bsd-longname', () => patched(1, { name: '#1/20' }), 'which a .deb cannot have'),
  format('a21-ext-unknown', () => patched(2, { name: 'data.tar.lz4' }), 'compression is not supported'),
  format('a22-ext-mismatch-gz-is-xz', () => patched(2, { data: xz(dataTar) }), 'gzip stream is damaged'),
  format(
    'a23-trailing-garbage',
    () => good(undefined, 'garbage that is no ar header'),
    'inside of an ar header',
  ),
  accept(
    'a24-gz-concat-members',
    () => damagedGzip(() => Buffer.concat([gzip(dataTar.subarray(0, 700)), gzip(dataTar.subarray(700))])),
    paths,
    ['/.', '/usr', '/usr/x'],
  ),
  format(
    'a25-gz-bad-crc',
    () => damagedGzip((b) => Buffer.concat([b.subarray(0, -8), Buffer.from([1, 2, 3, 4]), b.subarray(-4)])),
    'incorrect data check',
  ),
  format('a26-gz-truncated-stream', () => damagedGzip((b) => b.subarray(0, -9)), 'gzip stream is cut off'),
  format('a27-fmt-0.93', () => Buffer.from('0.939000\n100\n'), 'not a Debian package'),
  format(
    'a28-nul-in-member-name',
    () => patched(1, { name: 'control.tar\0.gz' }),
    'which a .deb cannot have',
  ),

  format(
    'x01-zstd-truncated',
    () => deb({ dataName: 'data.tar.zst', data: zstd(dataTar).subarray(0, -6) }),
    'zstd stream is cut off',
  ),
  accept(
    'x02-zstd-two-frames',
    () =>
      deb({
        dataName: 'data.tar.zst',
        data: Buffer.concat([zstd(dataTar.subarray(0, 700)), zstd(dataTar.subarray(700))]),
      }),
    paths,
    ['/.', '/usr', '/usr/x'],
  ),
  format(
    'x03-xz-truncated',
    () => deb({ dataName: 'data.tar.xz', data: xz(dataTar).subarray(0, -8) }),
    'xz stream is cut off',
  ),
  format(
    'x04-xz-trailing-garbage',
    () => deb({ dataName: 'data.tar.xz', data: Buffer.concat([xz(dataTar), Buffer.from('garbage!')]) }),
    'xz stream',
  ),
  accept(
    'x05-xz-two-streams',
    () =>
      deb({
        dataName: 'data.tar.xz',
        data: Buffer.concat([xz(dataTar.subarray(0, 700)), xz(dataTar.subarray(700))]),
      }),
    paths,
    ['/.', '/usr', '/usr/x'],
  ),
  format(
    'x06-gz-trailing-garbage',
    () => damagedGzip((b) => Buffer.concat([b, Buffer.from('garbage')])),
    'gzip stream',
  ),
  format(
    'x07-bad-padding',
    () =>
      Buffer.concat([
        ar([{ name: 'debian-binary', data: Buffer.from('2.00\n') }]).subarray(0, -1),
        Buffer.from('x'),
      ]),
    'padding',
  ),
  accept(
    'x08-data-lzma',
    () => deb({ dataName: 'data.tar.lzma', data: xz(dataTar, '--format=lzma') }),
    paths,
    ['/.', '/usr', '/usr/x'],
  ),
  format(
    'x09-control-lzma',
    () => deb({ controlName: 'control.tar.lzma', control: xz(tar([]), '--format=lzma') }),
    'compression is not supported',
  ),
  format('x10-empty-data-member', () => deb({ data: Buffer.alloc(0) }), 'gzip stream is cut off'),
  format(
    'x11-zstd-empty-member',
    () => deb({ dataName: 'data.tar.zst', data: Buffer.alloc(0) }),
    'zstd stream is cut off',
  ),
];
