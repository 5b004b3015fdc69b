import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function checkout(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json'))) {
    if (dir === dirname(dir)) throw new Error('no package.json above this module');
    dir = dirname(dir);
  }
  return dir;
}

/** The checkout that this module belongs to, also when it runs compiled from build/. */
export const CHECKOUT = checkout();

/** A data file of this folder. */
export function source(name: string): string {
  return join(CHECKOUT, 'test', 'oracle', name);
}
