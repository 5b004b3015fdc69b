import { AptOstreeError } from '../errors/error.ts';
import { formatConffiles, parseConffilesField } from './conffiles-field.ts';
import { type Fields, fieldValue, parseStanzas } from './control.ts';
import { blankRecord, STATES } from './record.ts';
import { normalizeRelations, RELATION_FIELDS } from './relation.ts';
import type { ErrorFlag, PackageRecord, PackageState, Want } from './types.ts';
import { formatVersion, parseVersion } from './version.ts';

const WANTS: readonly Want[] = ['unknown', 'install', 'hold', 'deinstall', 'purge'];
const FLAGS: readonly ErrorFlag[] = ['ok', 'reinstreq'];
const PRIORITIES = new Set(['required', 'important', 'standard', 'optional', 'extra', 'unknown']);

/** dpkg's order of fields; all others follow in the order of the control file. */
const FIELD_ORDER = [
  'Package',
  'Essential',
  'Protected',
  'Status',
  'Priority',
  'Section',
  'Installed-Size',
  'Origin',
  'Maintainer',
  'Bugs',
  'Architecture',
  'Multi-Arch',
  'Source',
  'Version',
  'Config-Version',
  ...RELATION_FIELDS,
  'Conffiles',
  'Description',
  'Triggers-Pending',
  'Triggers-Awaited',
];

/** Fields that describe an archive, not an installed package: known to dpkg, never in its status file. */
const ARCHIVE_FIELDS = ['Filename', 'Size', 'MD5sum', 'MSDOS-Filename'];
const KNOWN = new Set([...FIELD_ORDER, ...ARCHIVE_FIELDS].map((name) => name.toLowerCase()));
const RELATIONS = new Set(RELATION_FIELDS);
/** Fields of the status file that are the database's own and not the control file's. */
const OWN = new Set(['status', 'config-version', 'conffiles', 'triggers-pending', 'triggers-awaited']);

const source = 'status';
const code = 'ERR_DPKG_DATABASE';

/**
 * Reads a status file. As dpkg does, it takes the version of an installed package as its last configured one, and
 * forgets packages that nothing is known of.
 *
 * @throws ERR_DPKG_DATABASE naming the package where dpkg would refuse the file.
 */
export function parseStatus(text: string): PackageRecord[] {
  return parseStanzas(text, { source, code, lax: true })
    .map(parseRecord)
    .filter(
      (record) => record.state !== 'not-installed' || record.want !== 'unknown' || record.flag !== 'ok',
    );
}

/** The stanza of a record as dpkg writes it, without the empty line that ends it. */
export function serializeRecord(record: PackageRecord): string {
  const given = new Map(record.fields.map(([name, value]) => [name.toLowerCase(), value]));
  let text = '';
  for (const name of FIELD_ORDER) text += fieldLine(name, given.get(name.toLowerCase()) ?? '', record);
  for (const [name, value] of record.fields)
    if (!KNOWN.has(name.toLowerCase())) text += `${name}: ${value}\n`;
  return text;
}

function fieldLine(name: string, value: string, record: PackageRecord): string {
  switch (name) {
    case 'Package':
      return `Package: ${record.name}\n`;
    case 'Essential':
    case 'Protected':
      return value.toLowerCase() === 'yes' ? `${name}: yes\n` : '';
    case 'Status':
      return `Status: ${record.want} ${record.flag} ${record.state}\n`;
    case 'Architecture':
      return record.architecture === '' ? '' : `Architecture: ${record.architecture}\n`;
    case 'Version':
      return record.version === null ? '' : `Version: ${normalVersion(record.version)}\n`;
    case 'Config-Version':
      return configVersionLine(record);
    case 'Conffiles':
      return record.conffiles.length === 0 ? '' : `Conffiles:\n${formatConffiles(record.conffiles)}`;
    case 'Triggers-Pending':
    case 'Triggers-Awaited':
      return triggersLine(
        name,
        name === 'Triggers-Pending' ? record.triggersPending : record.triggersAwaited,
      );
  }
  if (value === '') return '';
  if (RELATIONS.has(name)) {
    const options = { field: name, source: record.name, lax: true };
    return `${name}: ${normalizeRelations(value, options)}\n`;
  }
  if (name === 'Multi-Arch') return value.toLowerCase() === 'no' ? '' : `${name}: ${value.toLowerCase()}\n`;
  if (name === 'Priority') return priorityLine(value);
  return `${name}: ${value}\n`;
}

function priorityLine(value: string): string {
  const known = value.toLowerCase();
  if (known === 'unknown') return '';
  return `Priority: ${PRIORITIES.has(known) ? known : value}\n`;
}

function configVersionLine({ state, configVersion }: PackageRecord): string {
  const implied = state === 'installed' || state === 'not-installed' || state === 'triggers-pending';
  return implied || configVersion === null ? '' : `Config-Version: ${normalVersion(configVersion)}\n`;
}

function triggersLine(name: string, values: string[]): string {
  return values.length === 0 ? '' : `${name}: ${values.join(' ')}\n`;
}

function normalVersion(version: string): string {
  return formatVersion(parseVersion(version, { lax: true }));
}

function parseRecord(fields: Fields): PackageRecord {
  const name = fieldValue(fields, 'Package');
  if (!name) throw new AptOstreeError(code, `${source}: missing 'Package' field`);
  const text = (field: string): string => fieldValue(fields, field) ?? '';
  const words = (field: string): string[] => text(field).split(/\s+/).filter(Boolean);
  const status = parseStatusField(text('Status'), name);
  const version = text('Version') || null;
  if (version === null && status.state !== 'not-installed' && status.state !== 'half-installed')
    throw new AptOstreeError(code, `${source}: package ${name}: missing 'Version' field`);
  const configured = status.state === 'installed' || status.state === 'triggers-pending';
  return {
    ...blankRecord(name.toLowerCase(), text('Architecture')),
    ...status,
    version,
    configVersion: text('Config-Version') || (configured ? version : null),
    fields: fields.filter(([field]) => !OWN.has(field.toLowerCase())),
    conffiles: parseConffilesField(text('Conffiles'), name),
    triggersPending: words('Triggers-Pending'),
    triggersAwaited: words('Triggers-Awaited'),
  };
}

function parseStatusField(value: string, name: string): Pick<PackageRecord, 'want' | 'flag' | 'state'> {
  if (value === '') return { want: 'unknown', flag: 'ok', state: 'not-installed' };
  const [want, flag, state, junk] = value.toLowerCase().split(/\s+/) as [
    Want,
    ErrorFlag,
    PackageState,
    string,
  ];
  if (!WANTS.includes(want) || !FLAGS.includes(flag) || !STATES.includes(state) || junk !== undefined)
    throw new AptOstreeError(code, `${source}: package ${name}: 'Status' field has invalid value '${value}'`);
  const forgotten = state === 'not-installed' && flag === 'ok' && (want === 'purge' || want === 'deinstall');
  return { want: forgotten ? 'unknown' : want, flag, state };
}
