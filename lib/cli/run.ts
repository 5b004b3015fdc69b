import { run, type StricliProcess } from '@stricli/core';
import type { AptOstreeError } from '../errors/error.ts';
import { buildApp } from './app.ts';
import { arrange } from './arguments.ts';
import type { CliContext, CliWorld } from './context.ts';
import { EXIT } from './exit.ts';
import { printError } from './print-error.ts';

/** Runs one command line (without the program's name) and returns its exit status. */
export async function runCli(words: readonly string[], world: CliWorld): Promise<number> {
  let usage: AptOstreeError | undefined;
  const app = buildApp(world.version, (error) => {
    usage = error;
  });
  // The parser ends its own complaints with a line break; the message itself is printed below.
  const parserErrors = { write: (text: string) => (usage ? undefined : world.stderr.write(text)) };
  const process: StricliProcess = {
    stdout: world.stdout,
    stderr: parserErrors,
    env: { STRICLI_NO_COLOR: '1' },
  };
  const context: CliContext = { process, world, exit: EXIT.done };
  await run(app, arrange(words), context);
  if (usage) {
    printError(world, usage, { json: words.includes('--json'), verbose: false });
    return EXIT.usage;
  }
  // Only its own faults reach the parser: commands leave their status in the context.
  return process.exitCode ? EXIT.failed : context.exit;
}
