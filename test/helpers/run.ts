import { spawn } from 'node:child_process';

export interface RunOptions {
  cwd?: string;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Exit statuses that are no failure; default only 0. */
  ok?: number[];
}

export interface Finished {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program without a shell; rejects with what it wrote when it ends with another status than `ok`. */
export function execute(command: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {}); // a program may end without reading its input
    child.stdin.end(options.input);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const code = status ?? 128;
      const finished = { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
      if ((options.ok ?? [0]).includes(code)) return resolve(finished);
      const tail = `${finished.stdout.subarray(-3000)}${finished.stderr.slice(-6000)}`;
      reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${tail}`));
    });
  });
}

/** Like `execute`, and returns what the program wrote to stdout. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return (await execute(command, args, options)).stdout.toString();
}
