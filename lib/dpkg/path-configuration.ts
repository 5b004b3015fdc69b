import type { PathPattern } from './path-filter.ts';

/** Whether dpkg reads a file of its configuration folder. */
export function isConfigurationFile(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name);
}

/** The path filters of dpkg's configuration files, in the order of the files. Other options are left alone. */
export function configuredPatterns(texts: readonly string[]): PathPattern[] {
  return texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => {
      const option = /^path-(exclude|include)(?:=|[ \t])[ \t]*(.*?)\s*$/.exec(line);
      if (option === null) return [];
      const [, kind, value = ''] = option;
      const pattern = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
      return [{ pattern, include: kind === 'include' }];
    });
}
