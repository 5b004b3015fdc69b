import { execute, run } from './run.ts';

/** The `ostree` program as an independent witness of what is in a repository. */
export interface OstreeCli {
  run(...args: string[]): Promise<string>;
  refs(): Promise<string[]>;
  revParse(ref: string): Promise<string>;
  /** Null when the repository is sound, else what fsck found. */
  fsck(): Promise<string | null>;
  ls(rev: string, path?: string): Promise<ListedEntry[]>;
  cat(rev: string, path: string): Promise<string>;
}

export interface ListedEntry {
  type: 'file' | 'dir' | 'symlink';
  mode: number;
  uid: number;
  gid: number;
  size: number;
  path: string;
  target: string | null;
}

const TYPES = { '-': 'file', d: 'dir', l: 'symlink' } as const;

function parseEntry(line: string): ListedEntry {
  const match = /^([-dl])(\d+) (\d+) (\d+) +(\d+) (.*)$/.exec(line);
  if (!match) throw new Error(`line of ostree ls: ${line}`);
  const [, letter, mode, uid, gid, size, rest] = match;
  const type = TYPES[letter as keyof typeof TYPES];
  const arrow = type === 'symlink' ? rest!.indexOf(' -> ') : -1;
  return {
    type,
    mode: Number.parseInt(mode!, 8) & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    path: arrow < 0 ? rest! : rest!.slice(0, arrow),
    target: arrow < 0 ? null : rest!.slice(arrow + 4),
  };
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

export function ostreeCli(repo: string): OstreeCli {
  const ostree = (...args: string[]) =>
    run('ostree', [...args.slice(0, 1), `--repo=${repo}`, ...args.slice(1)]);
  return {
    run: ostree,
    refs: async () => lines(await ostree('refs')),
    revParse: async (ref) => (await ostree('rev-parse', ref)).trim(),
    fsck: async () => {
      const finished = await execute('ostree', ['fsck', `--repo=${repo}`, '--quiet'], { ok: [0, 1] });
      return finished.code === 0 ? null : `${finished.stdout}${finished.stderr}`;
    },
    ls: async (rev, path = '/') => lines(await ostree('ls', '-R', rev, path)).map(parseEntry),
    cat: (rev, path) => ostree('cat', rev, path),
  };
}

/** Makes an empty repository. */
export async function initRepo(path: string, mode = 'bare'): Promise<OstreeCli> {
  await run('ostree', ['init', `--repo=${path}`, `--mode=${mode}`]);
  return ostreeCli(path);
}
