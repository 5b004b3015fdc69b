import { AptOstreeError } from '../errors/error.ts';

/** A Debian version taken apart: `[epoch:]upstream[-revision]`. */
export interface Version {
  epoch: number;
  upstream: string;
  revision: string;
}

export type VersionOperator = '<<' | '<=' | '=' | '>=' | '>>';

export interface VersionParseOptions {
  /** Accepts characters that deb-version(7) forbids, as dpkg does for versions already in its database. */
  lax?: boolean;
}

const MAX_EPOCH = 2 ** 31 - 1;

/**
 * Takes a version apart by dpkg's rules.
 *
 * @throws ERR_DEB_CONTROL where dpkg would refuse it.
 */
export function parseVersion(text: string, options: VersionParseOptions = {}): Version {
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '');
  const version = split(trimmed, text);
  if (options.lax) return version;
  if (!/^[0-9]/.test(version.upstream)) refuse(text, 'version number does not start with digit');
  if (!/^[0-9A-Za-z.\-+~:]*$/.test(version.upstream)) refuse(text, 'invalid character in version number');
  if (!/^[0-9A-Za-z.+~]*$/.test(version.revision)) refuse(text, 'invalid character in revision number');
  return version;
}

/** The version as dpkg writes it: an epoch of 0 is dropped unless a colon follows. */
export function formatVersion({ epoch, upstream, revision }: Version): string {
  const rest = revision === '' ? upstream : `${upstream}-${revision}`;
  return epoch !== 0 || rest.includes(':') ? `${epoch}:${rest}` : rest;
}

/** Negative, zero or positive, as dpkg orders the two versions. Lax: never refuses odd characters. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = parseVersion(a, { lax: true });
  const right = parseVersion(b, { lax: true });
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

/** Whether `version operator bound` holds. */
export function versionSatisfies(version: string, operator: VersionOperator, bound: string): boolean {
  const order = compareVersions(version, bound);
  switch (operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}

function split(trimmed: string, whole: string): Version {
  if (trimmed === '') refuse(whole, 'version string is empty');
  if (/[ \t]/.test(trimmed)) refuse(whole, 'version string has embedded spaces');
  const colon = trimmed.indexOf(':');
  const epoch = colon < 0 ? 0 : parseEpoch(trimmed.slice(0, colon), whole);
  const rest = trimmed.slice(colon + 1);
  if (rest === '') refuse(whole, 'nothing after colon in version number');
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (hyphen >= 0 && revision === '') refuse(whole, 'revision number is empty');
  if (upstream === '') refuse(whole, 'version number is empty');
  return { epoch, upstream, revision };
}

function parseEpoch(text: string, whole: string): number {
  if (text === '') refuse(whole, 'epoch in version is empty');
  if (!/^[+-]?[0-9]+$/.test(text)) refuse(whole, 'epoch in version is not number');
  const epoch = Number(text);
  if (epoch < 0) refuse(whole, 'epoch in version is negative');
  if (epoch > MAX_EPOCH) refuse(whole, 'epoch in version is too big');
  return epoch;
}

function refuse(version: string, reason: string): never {
  throw new AptOstreeError('ERR_DEB_CONTROL', `version '${version}': ${reason}`);
}

/** The weight of a character in a non-digit run: "~" before the end, letters before the rest. */
function weight(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) return 0;
  if (code === 0x7e) return -1;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? code : code + 256;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isText(code: number): boolean {
  return !Number.isNaN(code) && !isDigit(code);
}

/** dpkg's verrevcmp: runs of text by weight, runs of digits by value, of any length. */
function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (isText(a.charCodeAt(i)) || isText(b.charCodeAt(j))) {
      const difference = weight(a.charCodeAt(i)) - weight(b.charCodeAt(j));
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a.charCodeAt(i) === 0x30) i++;
    while (b.charCodeAt(j) === 0x30) j++;
    let first = 0;
    while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      first ||= a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a.charCodeAt(i))) return 1;
    if (isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}
