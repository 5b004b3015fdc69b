/** Names of account numbers, and the same accounts for hosts that keep an edited /etc/passwd. */

export interface AccountFiles {
  passwd: string;
  group: string;
}

export interface AccountNames {
  user(uid: number): string;
  group(gid: number): string;
}

interface Entry {
  name: string;
  fields: string[];
}

const entriesOf = (text: string, least: number): Entry[] =>
  text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= least && /^[^+#-]/.test(fields[0]!))
    .map((fields) => ({ name: fields[0]!, fields }));

/** Numbers without a name, or whose name would not survive in a tmpfiles.d line, stay numbers. */
export function accountNames({ passwd, group }: AccountFiles): AccountNames {
  const byNumber = (text: string, least: number) => {
    const names = new Map<number, string>();
    for (const { name, fields } of entriesOf(text, least)) {
      const number = Number(fields[2]);
      if (/^[A-Za-z_][\w.-]*$/.test(name) && !names.has(number)) names.set(number, name);
    }
    return (number: number) => names.get(number) ?? String(number);
  };
  return { user: byNumber(passwd, 7), group: byNumber(group, 4) };
}

/** Accounts that sysusers.d files make with a fixed number: "user NAME UID:GID" and "group NAME GID". */
export function fixedAccounts(texts: readonly string[]): Set<string> {
  const out = new Set<string>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, type, name, uid, gid] = /^([ug])!?\s+(\S+)\s+(\d+)(?::(\d+))?(?=\s|$)/.exec(line) ?? [];
    if (type === 'u') out.add(`user ${name} ${uid}:${gid ?? uid}`);
    if (type && gid === undefined) out.add(`group ${name} ${uid}`);
  }
  return out;
}

/**
 * sysusers.d lines for every account but root and the `fixed` ones, with its number: libostree takes /etc/passwd over
 * as a whole only where the host has not changed it, so new accounts reach an edited one this way.
 */
export function sysusersLines({ passwd, group }: AccountFiles, fixed: ReadonlySet<string>): string[] {
  const quoted = (text: string) =>
    text === '' ? '-' : `"${text.replace(/[\\"%]/g, (c) => (c === '%' ? '%%' : `\\${c}`))}"`;
  const groups = entriesOf(group, 4).filter(({ fields }) => fields[2] !== '0');
  const users = entriesOf(passwd, 7).filter(({ fields }) => fields[2] !== '0');
  const lines = groups
    .filter(({ name, fields }) => !fixed.has(`group ${name} ${fields[2]}`))
    .map(({ name, fields }) => `g ${name} ${fields[2]}`);
  for (const { name, fields } of users) {
    const [, , uid, gid, gecos, home, shell] = fields;
    if (fixed.has(`user ${name} ${uid}:${gid}`)) continue;
    lines.push(`u ${name} ${uid}:${gid} ${quoted(gecos!)} ${home || '-'} ${shell || '-'}`);
  }
  for (const { name, fields } of groups)
    for (const member of fields[3]!.split(',').filter(Boolean)) lines.push(`m ${member} ${name}`);
  return lines;
}
