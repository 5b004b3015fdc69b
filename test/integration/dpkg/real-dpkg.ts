import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, type Finished, run } from '../../helpers/run.ts';
import type { Node } from './packages.ts';

/** What can be seen of a system: the tree without the admin directory, the admin directory, and script calls. */
export interface Seen {
  tree: Record<string, string>;
  admin: Record<string, string>;
  scripts: string[];
}

const IGNORED = /^(?:.*-old|lock.*|triggers\/Lock|arch|available|tmp\.ci.*|status-old)$/;

/** The real dpkg on a root of its own; scripts run outside of it, as they need a shell. */
export class RealDpkg {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(root: string, architectures: string[]): Promise<RealDpkg> {
    for (const name of ['info', 'updates', 'triggers', 'parts', 'alternatives'])
      await mkdir(join(root, 'var/lib/dpkg', name), { recursive: true });
    await writeFile(join(root, 'var/lib/dpkg/status'), '');
    await writeFile(join(root, 'log'), '');
    const real = new RealDpkg(root);
    for (const architecture of architectures) await real.call('--add-architecture', architecture);
    return real;
  }

  async call(...args: string[]): Promise<void> {
    await this.#dpkg([0], args);
  }

  /** What dpkg says when it refuses. */
  async refusal(...args: string[]): Promise<string> {
    return (await this.#dpkg([1], args)).stderr;
  }

  #dpkg(ok: number[], args: string[]): Promise<Finished> {
    const forced = ['--force-script-chrootless', '--force-confdef', '--force-confold', '--force-bad-path'];
    const env = { DPKG_FRONTEND_LOCKED: '', DEBIAN_FRONTEND: 'noninteractive' };
    return execute('dpkg', [`--root=${this.root}`, ...forced, ...args], { env, ok });
  }

  async divert(from: string, by: string): Promise<void> {
    await run('dpkg-divert', [
      `--root=${this.root}`,
      '--package',
      by,
      '--divert',
      `${from}.real`,
      '--rename',
      '--add',
      from,
    ]);
  }

  async seen(): Promise<Seen> {
    const log = await readFile(join(this.root, 'log'), 'utf8');
    await writeFile(join(this.root, 'log'), '');
    const all = await readTree(this.root, '');
    const tree: Record<string, string> = {};
    const admin: Record<string, string> = {};
    for (const [path, node] of all) {
      const inside = path.replace('/var/lib/dpkg/', '');
      if (path === '/log') continue;
      if (inside === path) tree[path] = describeNode(node);
      else if (node.type === 'file' && !IGNORED.test(inside)) admin[inside] = node.content;
    }
    return { tree, admin, scripts: log.split(/^(?! )/m).filter(Boolean) };
  }
}

export function describeNode(node: Node): string {
  if (node.type === 'dir') return 'dir';
  return node.type === 'file' ? `file ${node.content}` : `symlink ${node.target}`;
}

async function readTree(root: string, dir: string): Promise<[string, Node][]> {
  const entries = await readdir(join(root, dir), { withFileTypes: true });
  const found = entries.map(async (entry): Promise<[string, Node][]> => {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) return [[path, { type: 'dir' }], ...(await readTree(root, path))];
    if (entry.isSymbolicLink())
      return [[path, { type: 'symlink', target: await readlink(join(root, path)) }]];
    return [[path, { type: 'file', content: await readFile(join(root, path), 'utf8') }]];
  });
  return (await Promise.all(found)).flat();
}
