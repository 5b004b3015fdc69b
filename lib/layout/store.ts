import { chmod, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change, LayerChange } from '../assembly/types.ts';

/**
 * Writes the bytes and links that changes carry into a folder, so that a commit can take them.
 * @param dir is made when missing; it must stay until the commit is written.
 */
export async function storeChanges(changes: readonly LayerChange[], dir: string): Promise<Change[]> {
  const out: Change[] = [];
  for (const change of changes) {
    if (change.op === 'node') {
      out.push({ op: 'object', path: change.path, checksum: change.node.checksum });
      continue;
    }
    if (change.op !== 'write' && change.op !== 'symlink') {
      out.push(change);
      continue;
    }
    const from = join(dir, change.path);
    await mkdir(dirname(from), { recursive: true });
    if (change.op === 'symlink') await symlink(change.target, from);
    else await writeFile(from, change.data, { flag: 'wx', mode: 0o600 });
    await lchown(from, change.uid, change.gid);
    // After the owner: a change of owner clears setuid bits.
    if (change.op === 'write') await chmod(from, change.mode);
    out.push({ op: 'file', path: change.path, from });
  }
  return out;
}
