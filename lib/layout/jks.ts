import { createHash } from 'node:crypto';

const MAGIC = 0xfeed_feed;
const VERSION = 2;
const DIGEST = 20;
const DATE = 8;
/** The password of every store of Debian: it guards nothing, the store only holds public certificates. */
const PASSWORD = 'changeit';

const PRIVATE_KEY = 1;
const CERTIFICATE = 2;

/** A reader that moves on; what lies outside throws a RangeError. */
function reader(data: Buffer): { at(): number; u16(): number; u32(): number; skip(count: number): void } {
  let at = 0;
  const move = (count: number): number => {
    if (at + count > data.length) throw new RangeError('the key store ends early');
    at += count;
    return at - count;
  };
  return {
    at: () => at,
    u16: () => data.readUInt16BE(move(2)),
    u32: () => data.readUInt32BE(move(4)),
    skip: (count) => void move(count),
  };
}

/** Where the dates of the entries are. */
function dateOffsets(body: Buffer): number[] {
  const { at, u16, u32, skip } = reader(body);
  if (u32() !== MAGIC || u32() !== VERSION) throw new RangeError('not a key store of this kind');
  const certificate = () => {
    skip(u16());
    skip(u32());
  };
  const dates: number[] = [];
  for (let left = u32(); left > 0; left -= 1) {
    const tag = u32();
    skip(u16());
    dates.push(at());
    skip(DATE);
    if (tag === CERTIFICATE) certificate();
    else if (tag === PRIVATE_KEY) {
      skip(u32());
      for (let chain = u32(); chain > 0; chain -= 1) certificate();
    } else throw new RangeError(`entry of kind ${tag}`);
  }
  if (at() !== body.length) throw new RangeError('the key store goes on');
  return dates;
}

function seal(body: Buffer): Buffer {
  const key = Buffer.from(PASSWORD, 'utf16le').swap16();
  return createHash('sha1').update(key).update('Mighty Aphrodite').update(body).digest();
}

/**
 * A Java key store (JKS) in which every entry was added at the time 0; null when it is no such store or has
 * a password of its own, which makes it somebody's and not a package's.
 */
export function undatedJks(data: Buffer): Buffer | null {
  if (data.length < DIGEST) return null;
  const body = Buffer.from(data.subarray(0, -DIGEST));
  if (!seal(body).equals(data.subarray(-DIGEST))) return null;
  try {
    for (const offset of dateOffsets(body)) body.fill(0, offset, offset + DATE);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return Buffer.concat([body, seal(body)]);
}
