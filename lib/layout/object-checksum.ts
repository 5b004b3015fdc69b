import { createHash } from 'node:crypto';
import type { FileMetadata } from '../assembly/types.ts';

const REGULAR = 0o100000;

/**
 * The checksum that a regular file without extended attributes gets as an object of an OSTree repository: of a
 * serialised GVariant `(uuuusa(ayay))` (owner, mode, device, link target, attributes), then the content.
 */
export function objectChecksum(node: Extract<FileMetadata, { type: 'file' }>, content: Buffer): string {
  const header = Buffer.alloc(26);
  // Size of the variant, padded to 8 bytes.
  header.writeUInt32BE(18, 0);
  header.writeUInt32BE(node.uid, 8);
  header.writeUInt32BE(node.gid, 12);
  header.writeUInt32BE(REGULAR | node.mode, 16);
  // Device 0, an empty target with its NUL, no attributes; then where the target ends.
  header.writeUInt8(17, 25);
  return createHash('sha256').update(header).update(content).digest('hex');
}
