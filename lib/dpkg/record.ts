import { AptOstreeError } from '../errors/error.ts';
import { type Fields, fieldValue, parseStanza } from './control.ts';
import type { PackageRecord, PackageState } from './types.ts';

/** States in the order in which dpkg compares them. */
export const STATES: readonly PackageState[] = [
  'not-installed',
  'config-files',
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
  'installed',
];

/** Negative, zero or positive, as `a` comes before, is or comes after `b` in dpkg's order of states. */
export function compareStates(a: PackageState, b: PackageState): number {
  return STATES.indexOf(a) - STATES.indexOf(b);
}

/** Whether anything but configuration files of the package may be on the system. */
export function isPresent(record: PackageRecord): boolean {
  return compareStates(record.state, 'config-files') > 0;
}

/** Identifies a record in a database. */
export function recordKey(record: Pick<PackageRecord, 'name' | 'architecture'>): string {
  return `${record.name}:${record.architecture}`;
}

/** Value of a control field, "" where it is absent. */
export function field(record: PackageRecord, name: string): string {
  return fieldValue(record.fields, name) ?? '';
}

export function isMultiArchSame(record: PackageRecord): boolean {
  return field(record, 'Multi-Arch').toLowerCase() === 'same';
}

/** Stem of the package's files in `info/`: the name, with the architecture where several may be installed. */
export function infoName(record: PackageRecord): string {
  return isMultiArchSame(record) ? recordKey(record) : record.name;
}

/** The name as dpkg shows it, with the architecture only where the name alone could mean another package. */
export function displayName(record: PackageRecord, nativeArchitecture: string): string {
  const plain = record.architecture === nativeArchitecture || record.architecture === 'all';
  const short = record.architecture === '' || (plain && !isMultiArchSame(record));
  return short ? record.name : recordKey(record);
}

/** What a package is before anything is known of it: not installed, and not wanted either. */
export function blankRecord(name: string, architecture: string): PackageRecord {
  return {
    name,
    architecture,
    version: null,
    want: 'unknown',
    flag: 'ok',
    state: 'not-installed',
    configVersion: null,
    fields: [],
    conffiles: [],
    triggersPending: [],
    triggersAwaited: [],
  };
}

/**
 * The record of a package that is not installed yet, from its `control` file.
 *
 * @param source names the .deb in messages.
 * @throws ERR_DEB_CONTROL where dpkg would refuse the file.
 */
export function recordFromControl(control: string | Fields, source: string): PackageRecord {
  const fields = typeof control === 'string' ? parseStanza(control, { source }) : control;
  const value = (name: string): string => {
    const text = fieldValue(fields, name);
    if (text) return text;
    throw new AptOstreeError('ERR_DEB_CONTROL', `${source}: missing '${name}' field`);
  };
  const name = value('Package').toLowerCase();
  return { ...blankRecord(name, value('Architecture')), version: value('Version'), fields };
}
