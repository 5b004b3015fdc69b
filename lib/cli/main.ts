#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { CliWorld } from './context.ts';
import { runCli } from './run.ts';
import { abortOnSignals } from './signals.ts';

const packageFile = new URL('../../package.json', import.meta.url);

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await lines.question(`${question} [y/N] `));
  } finally {
    lines.close();
  }
}

// A reader that goes away (`| head`) is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const world: CliWorld = {
  stdout: process.stdout,
  stderr: process.stderr,
  open: async (options) => (await import('../system/engine.ts')).openEngine(options),
  confirm: process.stdin.isTTY ? confirm : null,
  signal: abortOnSignals(() => process.stderr.write('\ncancelling; once more to quit at once\n')),
  version: JSON.parse(readFileSync(packageFile, 'utf8')).version,
};
process.exitCode = await runCli(process.argv.slice(2), world);
