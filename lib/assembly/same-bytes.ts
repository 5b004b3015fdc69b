import { open } from 'node:fs/promises';

const BLOCK = 1 << 20;

/** Whether two regular files hold the same; a block of each is in memory. */
export async function sameBytes(one: string, other: string): Promise<boolean> {
  await using a = await open(one);
  await using b = await open(other);
  if ((await a.stat()).size !== (await b.stat()).size) return false;
  const [left, right] = [Buffer.allocUnsafe(BLOCK), Buffer.allocUnsafe(BLOCK)];
  for (let at = 0; ; ) {
    const { bytesRead } = await a.read(left, 0, BLOCK, at);
    if (bytesRead === 0) return true;
    let found = 0;
    while (found < bytesRead) {
      const more = (await b.read(right, found, bytesRead - found, at + found)).bytesRead;
      if (more === 0) return false;
      found += more;
    }
    if (left.compare(right, 0, bytesRead, 0, bytesRead) !== 0) return false;
    at += bytesRead;
  }
}
