import { AptOstreeError } from '../errors/error.ts';

export interface TriggerDirective {
  trigger: string;
  /** Whether activating packages wait until the trigger has been processed. */
  await: boolean;
}

/** What the `triggers` control file of a package says. */
export interface TriggerDirectives {
  interests: TriggerDirective[];
  activations: TriggerDirective[];
}

const DIRECTIVE = /^(interest|activate)(-await|-noawait)?$/;

/**
 * Reads the `triggers` control file of a package.
 *
 * @param source names the package or file in messages.
 * @throws ERR_DEB_CONTROL at a line that dpkg does not know.
 */
export function parseTriggers(text: string, source: string): TriggerDirectives {
  const directives: TriggerDirectives = { interests: [], activations: [] };
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^[ \t]+|[ \t]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    const [command, trigger] = splitWord(line);
    const match = DIRECTIVE.exec(command);
    if (match === null || trigger === '') refuse(source, `unknown directive '${line}'`);
    if (!/^[!-~]+$/.test(trigger)) refuse(source, `illegal trigger name '${trigger}'`);
    const list = match[1] === 'interest' ? directives.interests : directives.activations;
    list.push({ trigger, await: match[2] !== '-noawait' });
  }
  return directives;
}

function splitWord(line: string): [word: string, rest: string] {
  const blank = line.search(/[ \t]/);
  return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank).trimStart()];
}

function refuse(source: string, reason: string): never {
  throw new AptOstreeError('ERR_DEB_CONTROL', `${source}: triggers: ${reason}`);
}
