import { readFile, writeFile } from 'node:fs/promises';

/** A table that a program keeps in a document, between two comments with its name. */
export interface DocumentTable {
  document: string;
  name: string;
}

/** The table as the document has it now. */
export async function readTable(place: DocumentTable): Promise<string> {
  const [, table] = split(await readFile(place.document, 'utf8'), place.name);
  return table;
}

export async function writeTable(place: DocumentTable, table: string): Promise<void> {
  const [before, , after] = split(await readFile(place.document, 'utf8'), place.name);
  const [begin, end] = marks(place.name);
  await writeFile(place.document, `${before}${begin}\n\n${table}\n\n${end}${after}`);
}

const marks = (name: string) => [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`] as const;

function split(text: string, name: string): [before: string, table: string, after: string] {
  const [begin, end] = marks(name);
  const [first, last] = [text.indexOf(begin), text.indexOf(end)];
  if (first < 0 || last < first) throw new Error(`no lines ${begin} and ${end}`);
  return [text.slice(0, first), text.slice(first + begin.length, last).trim(), text.slice(last + end.length)];
}
