import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, run } from './run.ts';

/** A throwaway key. Dispose it, so that its gpg-agent ends. */
export interface SigningKey extends AsyncDisposable {
  /** Its public half, for Signed-By. */
  readonly keyring: string;
  /** Text with an inline signature, as an InRelease file has. */
  clearsign(text: string): Promise<string>;
  /** A detached armored signature, as Release.gpg has. */
  detach(text: string): Promise<string>;
}

/** Makes a signing key with a GNUPGHOME of its own in `dir`. */
export async function makeKey(dir: string, name = 'archive'): Promise<SigningKey> {
  const home = join(dir, `gnupg-${name}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = (args: string[], input = '') =>
    execute(
      'gpg',
      ['--homedir', home, '--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      {
        input,
      },
    );
  await gpg(['--quick-gen-key', `${name} <${name}@example.org>`, 'rsa2048', 'sign', 'never']);
  const keyring = join(dir, `${name}.gpg`);
  await writeFile(keyring, (await gpg(['--export'])).stdout);
  return {
    keyring,
    clearsign: async (text) => (await gpg(['--clearsign'], text)).stdout.toString(),
    detach: async (text) => (await gpg(['--armor', '--detach-sign'], text)).stdout.toString(),
    [Symbol.asyncDispose]: async () => {
      await run('gpgconf', ['--homedir', home, '--kill', 'all']);
    },
  };
}
