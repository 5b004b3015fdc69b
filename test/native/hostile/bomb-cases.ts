import { deb, dir, file, filter, gzip, tar } from './archive.ts';
import { type HostileCase, limit } from './case.ts';

const xz = (data: Buffer, ...options: string[]) => filter(['xz', '-c', ...options], data);
const dataTar = tar([dir('./'), file('./x', 'content')]);
const repeated = (piece: Buffer, times: number) => Buffer.concat(Array.from({ length: times }, () => piece));
const zeros = Buffer.alloc(64 << 20);
const twoGiB = tar([file('./zeros', '', { size: 2 ** 31 })], 0);
/** 10 KiB installed: 64 MiB are allowed. */
const small = 'Package: hostile\nVersion: 1\nArchitecture: all\nInstalled-Size: 10\n';
const wide = 'Package: hostile\nVersion: 1\nArchitecture: all\nInstalled-Size: 6000\n';

/** Archives that unpack to far more than they are. */
export const BOMB_CASES: HostileCase[] = [
  limit(
    'b01-gz-2G',
    () => deb({ control: small, data: Buffer.concat([gzip(twoGiB), repeated(gzip(zeros), 33)]) }),
    'unpacks to more than 64 MiB',
  ),
  limit(
    'b02-xz-2G',
    () =>
      deb({
        dataName: 'data.tar.xz',
        data: Buffer.concat([xz(twoGiB, '-0'), repeated(xz(zeros, '-0'), 33)]),
      }),
    'unpacks to more than 64 MiB',
  ),
  limit(
    'b03-control-bomb-256M',
    () =>
      deb({
        control: Buffer.concat([
          gzip(tar([file('./control', '', { size: 2 ** 28 })], 0)),
          repeated(gzip(zeros), 5),
        ]),
      }),
    'control has more than 64 MiB',
  ),
  limit(
    'b04-many-files-200k',
    () => deb({ control: wide, data: Array.from({ length: 200_000 }, (_, i) => file(`./${i}`)) }),
    'more than 120000 entries',
  ),
  limit(
    'b05-xz-dict-96M',
    () => deb({ dataName: 'data.tar.xz', data: xz(dataTar, '--lzma2=dict=96MiB') }),
    'needs more than 80 MiB of memory',
  ),
  limit(
    'x12-70-files-of-1M',
    () =>
      deb({
        control: small,
        data: Array.from({ length: 70 }, (_, i) => file(`./${i}`, zeros.subarray(0, 1 << 20))),
      }),
    'unpacks to more than 64 MiB',
  ),
  // A frame header that asks for a window of 256 MiB, and one empty block.
  limit(
    'x13-zstd-window',
    () => deb({ dataName: 'data.tar.zst', data: Buffer.from('28b52ffd0090010000', 'hex') }),
    'needs a window above 128 MiB',
  ),
];
