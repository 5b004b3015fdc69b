import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { source } from './source.ts';

export interface Entry {
  path: string;
  type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo' | 'socket';
  mode: number;
  uid: number;
  gid: number;
  size?: number;
  /** SHA-256 of a file's bytes. */
  content?: string;
  target?: string;
  /** Major and minor number. */
  device?: string;
  /** Base64 by name: capabilities, ACLs and all others. */
  xattrs?: Record<string, string>;
  /** The same for all names of a hardlinked file; absent when it has one name. */
  inode?: string;
}

/** A whole tree at one moment. `root` stays readable, for comparisons that look into files. */
export interface Snapshot {
  root: string;
  entries: Map<string, Entry>;
}

/** Reads everything below `root`, which must be at rest. A path that vanishes or cannot be read is an error. */
export async function takeSnapshot(root: string): Promise<Snapshot> {
  const child = spawn('python3', [source('snapshot.py'), root], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const entries = new Map<string, Entry>();
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as Entry;
    entries.set(entry.path, entry);
  }
  if ((await ended) !== 0) throw new Error(`snapshot of ${root} failed\n${complaint}`);
  return { root, entries };
}
