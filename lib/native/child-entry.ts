import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The file that a child process starts from: module `name` (without its ending) beside the one whose
 * `import.meta.url` is given. Where the sources themselves run (in tests), it is the compiled one in dist/,
 * because Node 20 cannot run TypeScript.
 */
export function childEntry(from: string, name: string): string {
  const here = fileURLToPath(from);
  const dir = here.endsWith('.ts') ? swapLast(dirname(here), `${sep}lib`, `${sep}dist`) : dirname(here);
  return join(dir, `${name}.js`);
}

function swapLast(text: string, from: string, to: string): string {
  const at = text.lastIndexOf(from);
  return at < 0 ? text : text.slice(0, at) + to + text.slice(at + from.length);
}
