import { readFile } from 'node:fs/promises';

/** Ways in which two contents may be equal without being the same bytes. */
export type Rule = 'pyc-source-time' | 'line-order' | 'stanza-order';

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

const NORMAL_FORMS: Record<Rule, (data: Buffer) => Buffer> = {
  'pyc-source-time': withoutSourceTime,
  'line-order': sortedLines,
  'stanza-order': sortedStanzas,
};

/** Whether two files have the same normal form. */
export async function equalUnder(rule: Rule, one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return NORMAL_FORMS[rule](a).equals(NORMAL_FORMS[rule](b));
}
