import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerStack, TreeView } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import { expandGlob } from './glob.ts';
import { INITRAMFS } from './initramfs-inputs.ts';
import { imagePath } from './initramfs-record.ts';

export const ORIGIN = { kind: 'initramfs' } as const;

/** Fixed, so that equal inputs give an equal image. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
  SOURCE_DATE_EPOCH: '0',
};

const LIST_IMAGE = 'lsinitrd "$1"; lsinitrd -f etc/passwd "$1"; lsinitrd -f etc/group "$1"';
const LISTED = /^([-dlcbps])\S{9}\S*\s+\d+\s+\S+\s+\S+\s+\d+(?:,\s*\d+)?\s+\w+\s+\d+\s+\S+ (.+)$/;

export interface BuildOptions {
  /** Existing folder for the logs of the build. */
  logs: string;
  /** Default 900. */
  timeoutSeconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The error that names what the tree lacks to build an image; null where it has all. */
export async function missingTool(tree: TreeView): Promise<AptOstreeError | null> {
  for (const need of INITRAMFS.needs) {
    if ((await expandGlob(tree, need.path)).length > 0) continue;
    return new AptOstreeError('ERR_INITRAMFS', `the tree has no ${need.path}, which ${need.reason}`, {
      hint: `add ${need.package} to the packages, or say "initramfs: none"`,
      details: need,
    });
  }
  return null;
}

export async function buildImage(stack: LayerStack, kernel: string, options: BuildOptions): Promise<void> {
  const image = imagePath(kernel);
  const flags = ['--no-hostonly', '--reproducible', '--add', 'ostree', '--force', '--kver', kernel];
  const log = await runLogged(stack, ['/usr/bin/dracut', ...flags, image], { ...options, name: 'dracut' });
  const failures = log.split('\n').filter((line) => INITRAMFS.failures.some((text) => line.includes(text)));
  const made = await stack.tree.lookup(image);
  if (failures.length > 0 || made?.type !== 'file')
    throw failed(options, `dracut did not make a whole image: ${failures[0] ?? 'there is none'}`, failures);
}

/** What an image holds: its paths, without a leading slash, and the names of the accounts that it took over. */
export interface ImageContent {
  paths: string[];
  users: string[];
  groups: string[];
}

/** @throws ERR_INITRAMFS when it would not find a deployment. */
export async function readImage(
  stack: LayerStack,
  kernel: string,
  options: BuildOptions,
): Promise<ImageContent> {
  const argv = ['/bin/sh', '-ec', LIST_IMAGE, 'sh', imagePath(kernel)];
  const content = parseListing(await runLogged(stack, argv, { ...options, name: 'lsinitrd' }));
  if (content.paths.includes(INITRAMFS.proof)) return content;
  const message = `the initramfs lacks ${INITRAMFS.proof}, so it would not find a deployment`;
  throw failed(options, message, content.paths);
}

/** Reads lines like those of `ls -l`, and those of passwd and group files. */
export function parseListing(text: string): ImageContent {
  const content: ImageContent = { paths: [], users: [], groups: [] };
  for (const line of text.split('\n')) {
    const [, type, rest] = LISTED.exec(line) ?? [];
    if (type && rest && rest !== '.') content.paths.push(type === 'l' ? rest.split(' -> ')[0]! : rest);
    const fields = line.split(':');
    if (!/^[a-z_][\w.-]*$/.test(fields[0]!)) continue;
    if (fields.length === 7) content.users.push(fields[0]!);
    if (fields.length === 4) content.groups.push(fields[0]!);
  }
  return content;
}

async function runLogged(
  stack: LayerStack,
  argv: string[],
  options: BuildOptions & { name: string },
): Promise<string> {
  const { name, logs, timeoutSeconds = 900, signal } = options;
  const log = join(logs, `initramfs-${name}.log`);
  const { outcome } = await stack.run({
    origin: ORIGIN,
    argv,
    env: ENVIRONMENT,
    timeoutSeconds,
    log,
    ...(signal ? { signal } : {}),
  });
  if (outcome.exit !== 0) {
    const how = outcome.timedOut
      ? `ran longer than ${timeoutSeconds} s`
      : `ended with ${outcome.exit ?? `signal ${outcome.signal}`}`;
    throw failed(options, `${name} ${how}`, outcome.tail.split('\n'));
  }
  return readFile(log, 'utf8');
}

function failed({ logs }: BuildOptions, message: string, lines: string[]): AptOstreeError {
  return new AptOstreeError('ERR_INITRAMFS', message, {
    hint: `the whole output is in ${logs}`,
    details: { lines: lines.slice(0, 50) },
  });
}
