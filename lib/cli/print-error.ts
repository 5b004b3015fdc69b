import { AptOstreeError, type ErrorValue, toErrorValue } from '../errors/error.ts';
import type { CliWorld } from './context.ts';

/** Prints an error: a JSON document on stdout, or two lines and what belongs to them on stderr. */
export function printError(world: CliWorld, error: unknown, how: { json: boolean; verbose: boolean }): void {
  const value = toErrorValue(error);
  if (how.json) {
    world.stdout.write(`${JSON.stringify({ error: value })}\n`);
    return;
  }
  world.stderr.write(`error[${value.code}]: ${value.message}\n`);
  for (const line of detailLines(value)) world.stderr.write(`  ${line}\n`);
  const hint = value.hint ?? (value.code === 'ERR_INTERNAL' ? 'this is a defect; please report it' : null);
  if (hint) world.stderr.write(`hint: ${hint}\n`);
  if (!how.verbose) return;
  if (value.details) world.stderr.write(`details: ${JSON.stringify(value.details, null, 2)}\n`);
  if (error instanceof Error && error.stack) world.stderr.write(`${error.stack}\n`);
  if (AptOstreeError.is(error) && error.cause instanceof Error)
    world.stderr.write(`cause: ${error.cause.stack}\n`);
}

/** Details that a reader needs to see at once: a list of reasons, one a line. */
function detailLines({ code, details }: ErrorValue): string[] {
  if (!Array.isArray(details)) return [];
  if (details.every((item) => typeof item === 'string')) return details.length > 1 ? details : [];
  if (code !== 'ERR_APT_UNRESOLVABLE') return [];
  return details.map((link) => {
    const words = [link.package, link.version, link.relation].filter(Boolean).join(' ');
    return link.reason ? `${words}: ${link.reason}` : words;
  });
}
