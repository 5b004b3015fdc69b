import { type Fields, fieldValue, parseStanzas, serializeStanza } from './control.ts';

/** What apt knows of a package beside dpkg. */
export interface ExtendedState {
  name: string;
  architecture: string;
  /** Installed only because another package needs it. */
  auto: boolean;
  /** Stanza of the file, so that fields of others are kept. */
  fields: Fields;
}

/**
 * Reads apt's `extended_states`.
 *
 * @throws ERR_APT naming the line that is damaged.
 */
export function parseExtendedStates(text: string): ExtendedState[] {
  return parseStanzas(text, { source: 'extended_states', code: 'ERR_APT' }).map((fields) => ({
    name: fieldValue(fields, 'Package') ?? '',
    architecture: fieldValue(fields, 'Architecture') ?? '',
    auto: fieldValue(fields, 'Auto-Installed') === '1',
    fields,
  }));
}

/**
 * The file with the marks changed as apt changes it: known stanzas first and in their order, then those of packages
 * that are newly automatic. A stanza that says nothing is dropped.
 *
 * @param auto whether a package is automatic; undefined for one that is not installed any more.
 */
export function updateExtendedStates(
  states: readonly ExtendedState[],
  auto: ReadonlyMap<string, boolean>,
): string {
  let text = '';
  const seen = new Set<string>();
  for (const state of states) {
    const key = `${state.name}:${state.architecture}`;
    seen.add(key);
    const now = auto.get(key);
    if (now === undefined) continue;
    const mark: [string, string] = ['Auto-Installed', now ? '1' : '0'];
    const fields = state.fields.map((entry) => (/^auto-installed$/i.test(entry[0]) ? mark : entry));
    if (now || fields.length > 3) text += `${serializeStanza(fields)}\n`;
  }
  for (const [key, now] of auto) {
    if (!now || seen.has(key)) continue;
    const colon = key.indexOf(':');
    text += serializeStanza([
      ['Package', key.slice(0, colon)],
      ['Architecture', key.slice(colon + 1)],
      ['Auto-Installed', '1'],
    ]);
    text += '\n';
  }
  return text;
}
