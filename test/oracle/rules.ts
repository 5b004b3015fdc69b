import { readFile } from 'node:fs/promises';

/** Ways in which two contents may be equal without being the same bytes. */
export type Rule =
  | 'dates'
  | 'pyc-source-time'
  | 'line-order'
  | 'stanza-order'
  | 'xmlb-order'
  | 'ghc-order'
  | 'jks';

const PYC_TIME = { start: 8, end: 12 };
const PYC_HASH_BASED = 4;

/** A .pyc holds the time of its source in bytes 8 to 11, unless its flags say that it goes by hash. */
function withoutSourceTime(data: Buffer): Buffer {
  if (data.length < 16 || data.readUInt32LE(PYC_HASH_BASED) !== 0) return data;
  const copy = Buffer.from(data);
  copy.fill(0, PYC_TIME.start, PYC_TIME.end);
  return copy;
}

function sortedLines(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').split('\n').sort().join('\n'), 'latin1');
}

function sortedStanzas(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').trimEnd().split('\n\n').sort().join('\n\n'), 'latin1');
}

const XMLB_MAGIC = 0x624c_4d58;
const XMLB_HEADER = 0x28;
const XMLB_STRINGS = 0x1c;

/** A binary XML: its header, the length of its nodes, which hold offsets of strings, and its strings sorted. */
function sortedXmlb(data: Buffer): Buffer {
  if (data.length < XMLB_HEADER || data.readUInt32LE(0) !== XMLB_MAGIC) return data;
  const start = data.readUInt32LE(XMLB_STRINGS);
  const strings = data.subarray(start).toString('latin1').split('\0').sort().join('\0');
  return Buffer.concat([data.subarray(0, XMLB_HEADER), Buffer.from(strings, 'latin1')]);
}

const GHC_MAGIC = '\0ghcpkg\0';
const GHC_HEADER = 24;
/** The id of a unit and the name of its package, each with its length before it, with which a record begins. */
const GHC_UNIT = /\0{7}(.)([\w-]+-[\d.]+(?:-\w+)?)\0{7}(.)([\w-]+)\0/gs;

function sortedCuts(data: string, starts: number[]): string[] {
  return [0, ...starts].map((start, index) => data.slice(start, starts[index])).sort();
}

/** Haskell's package database: the records for the compiler sorted, and those for the package tool. */
function sortedUnits(data: Buffer): Buffer {
  const text = data.toString('latin1');
  if (!text.startsWith(GHC_MAGIC) || data.length < GHC_HEADER) return data;
  const end = GHC_HEADER + Number(data.readBigUInt64BE(GHC_HEADER - 8));
  const [compilers, tools] = [text.slice(GHC_HEADER, end), text.slice(end)];
  const length = (prefix: string | undefined) => prefix!.charCodeAt(0);
  const units = [...compilers.matchAll(GHC_UNIT)].filter(
    ([, idLength, id, nameLength, name]) =>
      length(idLength) === id!.length && length(nameLength) === name!.length,
  );
  const names = new Set(units.map(([, , , , name]) => name));
  const records = [...tools.matchAll(/\0{7}(.)(?=([\w-]+)\0)/gs)].filter(
    ([, nameLength, name]) => length(nameLength) === name!.length && names.has(name),
  );
  const sorted = [
    text.slice(0, GHC_HEADER),
    ...sortedCuts(
      compilers,
      units.map(({ index }) => index),
    ),
    ...sortedCuts(
      tools,
      records.map(({ index }) => index),
    ),
  ];
  return Buffer.from(sorted.join(''), 'latin1');
}

const DATE = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [A-Z]+ \d{4}\b/g;

/** A text in which every date as `date` prints it is the same. */
function withoutDates(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replace(DATE, 'DATE'), 'latin1');
}

const JKS_MAGIC = 0xfeed_feed;

/** A Java key store of certificates: name, kind and bytes of each, without the time and the seal over it. */
function certificatesOf(data: Buffer): Buffer {
  if (data.length < 32 || data.readUInt32BE(0) !== JKS_MAGIC) return data;
  const parts: Buffer[] = [];
  let at = 12;
  const take = (count: number) => {
    at += count;
    return data.subarray(at - count, at);
  };
  for (let left = data.readUInt32BE(8); left > 0; left -= 1) {
    parts.push(take(4), take(take(2).readUInt16BE(0)));
    take(8);
    parts.push(take(take(2).readUInt16BE(0)), take(take(4).readUInt32BE(0)));
  }
  return at === data.length - 20 ? Buffer.concat(parts) : data;
}

const NORMAL_FORMS: Record<Rule, (data: Buffer) => Buffer> = {
  dates: withoutDates,
  'pyc-source-time': withoutSourceTime,
  'line-order': sortedLines,
  'stanza-order': sortedStanzas,
  'xmlb-order': sortedXmlb,
  'ghc-order': sortedUnits,
  jks: certificatesOf,
};

/** Whether two files have the same normal form. */
export async function equalUnder(rule: Rule, one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return NORMAL_FORMS[rule](a).equals(NORMAL_FORMS[rule](b));
}
