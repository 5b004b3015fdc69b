export interface PathPattern {
  /** Glob of --path-exclude or --path-include; `*` and `?` match slashes too. */
  pattern: string;
  include: boolean;
}

/**
 * Which paths of packages are left out, as dpkg's --path-exclude and --path-include say. The last pattern that
 * matches decides; directories and links stay where an include pattern could need them.
 */
export class PathFilter {
  readonly #patterns: { glob: RegExp; include: boolean; head: string }[];

  constructor(patterns: readonly PathPattern[]) {
    this.#patterns = patterns.map(({ pattern, include }) => ({
      glob: globToRegExp(pattern),
      include,
      head: pattern.replace(/[*?[\\].*$/s, '').replace(/\/+$/, ''),
    }));
  }

  /** Whether an entry is left out; it stays in the package's `.list` all the same. */
  excludes(path: string, type: 'dir' | 'symlink' | 'file' | 'other'): boolean {
    const match = this.#patterns.findLast(({ glob }) => glob.test(path));
    if (match === undefined || match.include) return false;
    if (type !== 'dir' && type !== 'symlink') return true;
    return !this.#patterns.some(({ include, head }) => include && path.startsWith(head));
  }
}

/** fnmatch(3) without flags as a regular expression. */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    const set = char === '[' ? bracket(glob, at) : null;
    if (set !== null) {
      source += set.source;
      at = set.end;
    } else if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '\\' && at + 1 < glob.length) source += escapeChar(glob[++at]!);
    else source += escapeChar(char);
  }
  return new RegExp(`^${source}$`, 'su');
}

function bracket(glob: string, start: number): { source: string; end: number } | null {
  const negated = glob[start + 1] === '!' || glob[start + 1] === '^';
  let at = start + (negated ? 2 : 1);
  let inside = '';
  for (let first = true; glob[at] !== ']' || first; first = false) {
    if (at >= glob.length) return null;
    const named = /^\[:([a-z]+):\]/.exec(glob.slice(at));
    if (named !== null && CLASSES[named[1]!] !== undefined) {
      inside += CLASSES[named[1]!];
      at += named[0].length;
      continue;
    }
    if (glob[at] === '\\' && at + 1 < glob.length) at++;
    const isRange = glob[at] === '-' && !first && glob[at + 1] !== ']';
    inside += isRange ? '-' : glob[at]!.replace(/[\\\]^-]/, '\\$&').replace('[', '\\[');
    at++;
  }
  return { source: `[${negated ? '^' : ''}${inside}]`, end: at };
}

const CLASSES: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

function escapeChar(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}
