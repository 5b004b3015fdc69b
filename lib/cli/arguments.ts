/** Global flags that take a value as the next word. */
const WITH_VALUE = new Set(['--progress', '--sysroot', '--os', '--repo', '--cachedir']);

/**
 * Brings the words into the form that the parser takes: global flags may stand before the command, and `--wait`
 * alone waits without end.
 */
export function arrange(words: readonly string[]): string[] {
  const leading: string[] = [];
  const rest = words.map((word) => (word === '--wait' ? '--wait=forever' : word));
  while (rest[0]?.startsWith('--') && rest[0] !== '--' && !['--help', '--version'].includes(rest[0])) {
    const flag = rest.shift()!;
    leading.push(flag);
    if (WITH_VALUE.has(flag) && rest.length > 0) leading.push(rest.shift()!);
  }
  const escaped = rest.indexOf('--');
  const end = escaped < 0 ? rest.length : escaped;
  return [...rest.slice(0, end), ...leading, ...rest.slice(end)];
}
