import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Reads a data file that lies beside this module. Its rows are trusted: they ship with the engine. */
export function readData<T>(name: string): T {
  return require(`./${name}`) as T;
}
