import type { ErrorCode } from '../errors/codes.ts';
import { AptOstreeError } from '../errors/error.ts';

/** Fields of a stanza in their order; a value keeps its line breaks and inner blanks. */
export type Fields = [name: string, value: string][];

export interface StanzaOptions {
  /** What is read, for messages: "status", "foo_1_amd64.deb: control". */
  source: string;
  /** Code of the errors; `ERR_DEB_CONTROL` where absent. */
  code?: ErrorCode;
  /** Takes blank lines within a value, of which dpkg only warns in its own files. */
  lax?: boolean;
}

/**
 * Reads every stanza of a deb822 text by the rules of dpkg's parser. Values stand as they are in the text, from
 * the first character after the colon's blanks to the last one that is no blank, so that a value which begins
 * on the next line begins with a line break.
 *
 * @throws `options.code` naming source and line where dpkg would refuse the text.
 */
export function parseStanzas(text: string, options: StanzaOptions): Fields[] {
  const reader = new StanzaReader(text, options);
  const stanzas: Fields[] = [];
  for (let stanza = reader.next(); stanza !== null; stanza = reader.next()) stanzas.push(stanza);
  return stanzas;
}

/**
 * Reads a text of exactly one stanza, such as a `control` file.
 *
 * @throws `options.code` as `parseStanzas`, and when there is none or more than one.
 */
export function parseStanza(text: string, options: StanzaOptions): Fields {
  const [stanza, second] = parseStanzas(text, options);
  if (stanza !== undefined && second === undefined) return stanza;
  const reason = stanza === undefined ? 'no package information' : 'several stanzas, only one allowed';
  throw new AptOstreeError(options.code ?? 'ERR_DEB_CONTROL', `${options.source}: ${reason}`);
}

/** The stanza as text, each field on its line, without the empty line that ends a stanza. */
export function serializeStanza(fields: Fields): string {
  let text = '';
  for (const [name, value] of fields) text += `${name}: ${value}\n`;
  return text;
}

/** A field's value; names are compared without regard to case. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return fields.find(([field]) => field.toLowerCase() === wanted)?.[1];
}

class StanzaReader {
  readonly #text: string;
  readonly #options: StanzaOptions;
  #at = 0;
  #line = 1;

  constructor(text: string, options: StanzaOptions) {
    this.#text = text;
    this.#options = options;
  }

  next(): Fields | null {
    while (this.#text[this.#at] === '\n') this.#advance(this.#at + 1);
    if (this.#at >= this.#text.length) return null;
    const fields: Fields = [];
    const seen = new Set<string>();
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') {
      const field = this.#field();
      const key = field[0].toLowerCase();
      if (seen.has(key)) this.#refuse(`duplicate value for '${field[0]}' field`);
      seen.add(key);
      fields.push(field);
    }
    return fields;
  }

  #field(): [string, string] {
    const end = this.#lineEnd(this.#at);
    const line = this.#text.slice(this.#at, end);
    const head = /^([^\s:]*)[^\S\n]*(:?)[^\S\n]*/.exec(line)!;
    const name = head[1]!;
    if (name === '') this.#refuse('empty field name');
    if (name.startsWith('-')) this.#refuse(`field name '${name}' cannot start with hyphen`);
    if (head[2] !== ':') this.#refuse(`field name '${name}' must be followed by colon`);
    const start = this.#at + head[0].length;
    this.#advance(end + 1);
    let last = end;
    while (this.#at < this.#text.length && /[ \t\v\f\r]/.test(this.#text[this.#at]!)) {
      last = this.#lineEnd(this.#at);
      if (!this.#options.lax && this.#text.slice(this.#at, last).trim() === '')
        this.#refuse(`blank line in value of field '${name}'`);
      this.#advance(last + 1);
    }
    return [name, this.#text.slice(start, last).replace(/[ \t\n\v\f\r]+$/, '')];
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    if (end < 0) this.#refuse('missing final newline');
    return end;
  }

  #advance(to: number): void {
    this.#at = to;
    this.#line++;
  }

  #refuse(reason: string): never {
    const { source, code } = this.#options;
    throw new AptOstreeError(code ?? 'ERR_DEB_CONTROL', `${source}:${this.#line}: ${reason}`);
  }
}
