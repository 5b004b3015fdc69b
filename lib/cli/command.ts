import {
  type Aliases,
  type BaseArgs,
  buildCommand,
  type Command,
  type FlagParametersForType,
  type TypedPositionalParameters,
} from '@stricli/core';
import { AptOstreeError } from '../errors/error.ts';
import { chooseMonitor } from '../monitor/choose.ts';
import type { RunOptions } from '../monitor/monitor.ts';
import type { AptOstreeSystem } from '../system/types.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit.ts';
import { type GlobalFlags, globalFlags, systemOptions } from './flags.ts';
import { printError } from './print-error.ts';

/** What a command has found out or done. */
export interface Outcome {
  /** Printed by `--json`. */
  value: unknown;
  /** Printed for people. */
  text: string;
  /** There was nothing to do: 77 instead of 0 when that was asked for. */
  exit?: number;
}

export interface CommandSpec<FLAGS extends object, ARGS extends BaseArgs> {
  brief: string;
  /** One or more sentences: what it does, and what it leaves alone. */
  description: string;
  /** Complete command lines without the program's name. */
  examples: string[];
  flags: FlagParametersForType<FLAGS, CliContext>;
  aliases?: Aliases<keyof FLAGS & string>;
  positional?: TypedPositionalParameters<ARGS, CliContext>;
  /** The question to ask first, or null: for commands that change a booted host. */
  question?(flags: FLAGS & GlobalFlags, ...args: ARGS): string | null;
  run(system: AptOstreeSystem, run: RunOptions, flags: FLAGS & GlobalFlags, ...args: ARGS): Promise<Outcome>;
}

/** Makes a command: opens the engine, shows progress, prints the outcome or the error, sets the exit status. */
export function command<FLAGS extends object, ARGS extends BaseArgs>(
  spec: CommandSpec<FLAGS, ARGS>,
): Command<CliContext> {
  const examples = spec.examples.map((line) => `  apt-ostree ${line}`).join('\n');
  return buildCommand({
    docs: { brief: spec.brief, fullDescription: `${spec.description}\n\nEXAMPLES\n${examples}` },
    parameters: {
      flags: { ...spec.flags, ...globalFlags },
      ...(spec.aliases && { aliases: spec.aliases }),
      ...(spec.positional && { positional: spec.positional }),
    } as never,
    async func(this: CliContext, flags: FLAGS & GlobalFlags, ...args: ARGS) {
      this.exit = await perform(this, spec, flags, args);
    },
  } as never) as Command<CliContext>;
}

async function perform<FLAGS extends object, ARGS extends BaseArgs>(
  { world }: CliContext,
  spec: CommandSpec<FLAGS, ARGS>,
  flags: FLAGS & GlobalFlags,
  args: ARGS,
): Promise<number> {
  const json = flags.json === true;
  const monitor = chooseMonitor(flags.quiet ? 'none' : (flags.progress ?? 'auto'), world.stderr);
  try {
    const question = spec.question?.(flags, ...args) ?? null;
    if (question !== null && world.confirm && !(await world.confirm(question))) {
      world.stderr.write('nothing has changed\n');
      return EXIT.failed;
    }
    world.signal.throwIfAborted();
    await using system = await world.open(systemOptions(flags));
    const outcome = await spec.run(system, { signal: world.signal, monitor }, flags, ...args);
    monitor.close();
    world.stdout.write(
      json ? `${JSON.stringify(outcome.value, null, 2)}\n` : outcome.text && `${outcome.text}\n`,
    );
    return outcome.exit ?? EXIT.done;
  } catch (error) {
    monitor.close();
    printError(world, error, { json, verbose: flags.verbose === true });
    return AptOstreeError.is(error) && error.code === 'ERR_USAGE' ? EXIT.usage : EXIT.failed;
  }
}
