import { run } from '../helpers/run.ts';

/** The fields of a .deb's control file; of folded ones the first line. */
export async function controlFields(path: string): Promise<Record<string, string>> {
  const text = await run('dpkg-deb', ['--field', path]);
  const fields = text.split('\n').map((line) => /^([^\s:]+): *(.*)$/.exec(line));
  return Object.fromEntries(fields.filter((match) => match !== null).map((match) => [match[1]!, match[2]!]));
}
