import type { Change } from './types.ts';

/**
 * Packs changes for native code: records `op field... path`, every field ended by a NUL byte.
 * d mode uid gid from path (from "" when there is none) | o checksum path | f from path | r path | m from path   (numbers in decimal)
 */
export function packChanges(changes: Iterable<Change>): Buffer {
  const parts: string[] = [];
  for (const c of changes) {
    switch (c.op) {
      case 'dir':
        parts.push('d', String(c.mode), String(c.uid), String(c.gid), c.from ?? '', c.path);
        break;
      case 'object':
        parts.push('o', c.checksum, c.path);
        break;
      case 'file':
        parts.push('f', c.from, c.path);
        break;
      case 'remove':
        parts.push('r', c.path);
        break;
      case 'move':
        parts.push('m', c.from, c.path);
        break;
    }
  }
  return Buffer.from(parts.length ? parts.join('\0') + '\0' : '', 'utf8');
}
