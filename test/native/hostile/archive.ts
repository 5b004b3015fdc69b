import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';

/** A tar entry, down to bytes that no tool would write. Numbers above their octal field are written in base 256. */
export interface Entry {
  name: string | Buffer;
  type?: string;
  mode?: number;
  uid?: number | bigint;
  gid?: number | bigint;
  uname?: string;
  gname?: string;
  size?: number | bigint;
  mtime?: number | bigint;
  link?: string;
  prefix?: string;
  /** Eight bytes: magic and version. Default GNU's. */
  magic?: string;
  data?: string | Buffer;
  /** Raw bytes at offsets of the header; the checksum covers them. */
  patch?: Record<number, string | Uint8Array>;
  checksum?: number;
}

function number(header: Buffer, at: number, size: number, value: number | bigint): void {
  const big = BigInt(value);
  if (big >= 0n && big < 8n ** BigInt(size - 1)) {
    header.write(`${big.toString(8).padStart(size - 1, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt.asUintN(size * 8, big);
  for (let i = size - 1; i >= 0; i--, rest >>= 8n) header[at + i] = Number(rest & 0xffn);
  header[at]! |= 0x80;
}

function put(header: Buffer, at: number, size: number, text: string | Uint8Array): void {
  Buffer.from(text).copy(header, at, 0, size);
}

export function entry(e: Entry): Buffer {
  const header = Buffer.alloc(512);
  const data = Buffer.from(e.data ?? '');
  const type = e.type ?? '0';
  put(header, 0, 100, e.name);
  number(header, 100, 8, e.mode ?? (type === '5' ? 0o755 : 0o644));
  number(header, 108, 8, e.uid ?? 0);
  number(header, 116, 8, e.gid ?? 0);
  number(header, 124, 12, e.size ?? data.length);
  number(header, 136, 12, e.mtime ?? 1_000_000_000);
  header.write(type, 156, 'latin1');
  put(header, 157, 100, e.link ?? '');
  put(header, 257, 8, e.magic ?? 'ustar  \0');
  put(header, 265, 32, e.uname ?? 'root');
  put(header, 297, 32, e.gname ?? 'root');
  put(header, 345, 155, e.prefix ?? '');
  for (const [at, bytes] of Object.entries(e.patch ?? {})) put(header, Number(at), 512, bytes);
  header.fill(' ', 148, 156);
  const sum = e.checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

export const dir = (name: string, more: Partial<Entry> = {}): Entry => ({ name, type: '5', ...more });
export const file = (
  name: string | Buffer,
  data: string | Buffer = '',
  more: Partial<Entry> = {},
): Entry => ({
  name,
  data,
  ...more,
});
export const symlink = (name: string, link: string): Entry => ({ name, type: '2', link, mode: 0o777 });
export const hardlink = (name: string, link: string): Entry => ({ name, type: '1', link });
/** GNU's long name for the entry that follows. */
export const longName = (name: string | Buffer): Entry => ({
  name: '././@LongLink',
  type: 'L',
  data: Buffer.concat([Buffer.from(name), Buffer.alloc(1)]),
});

export function tar(entries: (Entry | Buffer)[], end = 1024): Buffer {
  const parts = entries.map((e) => (Buffer.isBuffer(e) ? e : entry(e)));
  return Buffer.concat([...parts, Buffer.alloc(end)]);
}

export interface Member {
  name: string;
  data: Buffer;
  /** Replaces the size field. */
  size?: string;
  /** Replaces the two end bytes of the header. */
  end?: string;
}

export function ar(members: Member[], tail = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('!<arch>\n')];
  for (const { name, data, size = String(data.length), end = '`\n' } of members) {
    const fields = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
    parts.push(Buffer.from(fields.join('') + size.padEnd(10) + end, 'latin1'), data);
    if (data.length % 2) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat([...parts, Buffer.from(tail, 'latin1')]);
}

export const gzip = (data: Buffer): Buffer => gzipSync(data, { level: 1 });

/** Through a command line compressor, which all Debian systems have. */
export function filter(command: string[], data: Buffer): Buffer {
  const [program, ...args] = command;
  const result = spawnSync(program!, args, { input: data, maxBuffer: 1 << 30 });
  if (result.status !== 0) throw new Error(`${command.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

export const CONTROL = `Package: hostile
Version: 1.0
Architecture: all
Maintainer: Test <test@example.org>
Description: a package
`;

export interface Parts {
  /** The text of `control`, or all entries of control.tar, or its bytes. */
  control?: string | (Entry | Buffer)[] | Buffer;
  /** Control members beside `control`. */
  members?: Entry[];
  data?: (Entry | Buffer)[] | Buffer;
  controlName?: string;
  dataName?: string;
  version?: string;
  /** Changes the ar members. */
  change?: (members: Member[]) => Member[];
  tail?: string;
}

const ROOT = dir('./');

export function deb(parts: Parts = {}): Buffer {
  const { control = CONTROL, data = [] } = parts;
  const controlTar = Buffer.isBuffer(control)
    ? control
    : gzip(
        tar(
          typeof control === 'string'
            ? [ROOT, file('./control', control), ...(parts.members ?? [])]
            : control,
        ),
      );
  const dataTar = Buffer.isBuffer(data) ? data : gzip(tar([ROOT, ...data]));
  const members = [
    { name: 'debian-binary', data: Buffer.from(parts.version ?? '2.0\n') },
    { name: parts.controlName ?? 'control.tar.gz', data: controlTar },
    { name: parts.dataName ?? 'data.tar.gz', data: dataTar },
  ];
  return ar(parts.change ? parts.change(members) : members, parts.tail);
}
