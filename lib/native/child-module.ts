import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AptOstreeError } from '../errors/error.ts';

const here = fileURLToPath(import.meta.url);
const libraryRoot = dirname(dirname(here));

/**
 * The compiled file to start a child process with. `name` is relative to the library: "resolution/host". Node 20
 * does not run TypeScript, so a checkout that runs from lib/ (as the tests do) starts the copy in dist/.
 *
 * @throws ERR_INTERNAL when it has not been compiled.
 */
export function childModule(name: string): string {
  const compiled = here.endsWith('.ts') ? join(dirname(libraryRoot), 'dist') : libraryRoot;
  const file = join(compiled, `${name}.js`);
  if (existsSync(file)) return file;
  throw new AptOstreeError('ERR_INTERNAL', `${relative(dirname(libraryRoot), file)} does not exist`, {
    hint: 'compile first: npm run build:ts',
  });
}
