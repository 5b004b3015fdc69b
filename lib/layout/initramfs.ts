import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerChange, LayerStack, TreeView } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import { expandGlob } from './glob.ts';
import type { InitramfsCache } from './initramfs-cache.ts';
import { controlDigest, INITRAMFS, inputPaths, inputsDigest } from './initramfs-inputs.ts';
import { formatInitramfsRecord, imagePath, parseInitramfsRecord, recordPath } from './initramfs-record.ts';
import { bootKernel } from './kernel.ts';

const ORIGIN = { kind: 'initramfs' } as const;

/** Fixed, so that equal inputs give an equal image. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
  SOURCE_DATE_EPOCH: '0',
};

export interface InitramfsOptions {
  /** Existing folder for the logs of the build. */
  logs: string;
  cache?: InitramfsCache | undefined;
  /** A tree without the tools to build one is no error. */
  optional?: boolean | undefined;
  /** Default 900. */
  timeoutSeconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface InitramfsResult {
  kernel: string;
  /**
   * `kept`: the one in the tree still holds; `cached`: made before for another tree; `built`: now; `missing`: the
   * tree has none, and no tools.
   */
  how: 'kept' | 'cached' | 'built' | 'missing';
  /** What stands in the way of a missing one. */
  reason?: AptOstreeError;
}

/**
 * Sees to it that the tree has an initramfs for its kernel, made from what the tree holds now. Builds at most once,
 * and not at all while nothing that goes into the image has changed. To be called on the plain tree, when every
 * package is configured.
 * @throws ERR_NO_KERNEL, ERR_INITRAMFS
 */
export async function ensureInitramfs(
  stack: LayerStack,
  options: InitramfsOptions,
): Promise<InitramfsResult> {
  const { tree } = stack;
  const kernel = await bootKernel(tree);
  stack.push(ORIGIN, await leftovers(tree, kernel));
  const control = await controlDigest(tree, kernel);
  if (await holds(tree, kernel, control)) return { kernel, how: 'kept' };
  const known = await options.cache?.find(control);
  if (known && (await inputsDigest(tree, known.record.paths)) === known.record.inputs) {
    stack.push(ORIGIN, [
      { op: 'node', path: imagePath(kernel), node: known.image },
      { op: 'node', path: recordPath(kernel), node: known.recordFile },
    ]);
    return { kernel, how: 'cached' };
  }
  const reason = await missingTool(tree);
  if (reason && options.optional) return { kernel, how: 'missing', reason };
  if (reason) throw reason;
  await build(stack, kernel, options);
  const paths = await inputPaths(tree, await listImage(stack, kernel, options), kernel);
  const inputs = await inputsDigest(tree, paths);
  const data = formatInitramfsRecord({ format: 1, kernel, control, inputs, paths });
  stack.push(ORIGIN, [{ op: 'write', path: recordPath(kernel), mode: 0o644, uid: 0, gid: 0, data }]);
  return { kernel, how: 'built' };
}

/** Images of kernels that are gone. */
async function leftovers(tree: TreeView, kernel: string): Promise<LayerChange[]> {
  const out: LayerChange[] = [];
  for (const { path, node } of await tree.list('/usr/lib/modules', 1)) {
    if (node.type !== 'dir' || path === `/usr/lib/modules/${kernel}`) continue;
    const names = (await tree.list(path, 1)).map((entry) => entry.path);
    const ours = names.filter(
      (name) => name === `${path}/initramfs.img` || name === `${path}/initramfs.json`,
    );
    if (ours.length > 0 && ours.length === names.length) out.push({ op: 'remove', path });
    else for (const name of ours) out.push({ op: 'remove', path: name });
  }
  return out;
}

async function holds(tree: TreeView, kernel: string, control: string): Promise<boolean> {
  if ((await tree.lookup(imagePath(kernel)))?.type !== 'file') return false;
  const data = await tree.read(recordPath(kernel));
  const record = data && parseInitramfsRecord(data);
  return record?.control === control && record.inputs === (await inputsDigest(tree, record.paths));
}

async function missingTool(tree: TreeView): Promise<AptOstreeError | null> {
  for (const need of INITRAMFS.needs) {
    if ((await expandGlob(tree, need.path)).length > 0) continue;
    return new AptOstreeError('ERR_INITRAMFS', `the tree has no ${need.path}, which ${need.reason}`, {
      hint: `add ${need.package} to the packages, or say "initramfs: none"`,
      details: need,
    });
  }
  return null;
}

async function build(stack: LayerStack, kernel: string, options: InitramfsOptions): Promise<void> {
  const image = imagePath(kernel);
  const flags = ['--no-hostonly', '--reproducible', '--add', 'ostree', '--force', '--kver', kernel];
  const log = await runLogged(stack, ['/usr/bin/dracut', ...flags, image], { ...options, name: 'dracut' });
  const failures = log.split('\n').filter((line) => INITRAMFS.failures.some((text) => line.includes(text)));
  const made = await stack.tree.lookup(image);
  if (failures.length > 0 || made?.type !== 'file')
    throw failed(options, `dracut did not make a whole image: ${failures[0] ?? 'there is none'}`, failures);
}

async function listImage(stack: LayerStack, kernel: string, options: InitramfsOptions): Promise<string[]> {
  const log = await runLogged(stack, ['/usr/bin/lsinitrd', imagePath(kernel)], {
    ...options,
    name: 'lsinitrd',
  });
  const paths = parseListing(log);
  if (!paths.includes(INITRAMFS.proof))
    throw failed(options, `the initramfs lacks ${INITRAMFS.proof}, so it would not find a deployment`, paths);
  return paths;
}

/** Names in a listing like that of `ls -l`, without a leading slash. */
export function parseListing(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, type, rest] =
      /^([-dlcbps])\S{9}\S*\s+\d+\s+\S+\s+\S+\s+\d+(?:,\s*\d+)?\s+\w+\s+\d+\s+\S+ (.+)$/.exec(line) ?? [];
    if (!type || !rest) return [];
    return [type === 'l' ? rest.split(' -> ')[0]! : rest];
  });
}

async function runLogged(
  stack: LayerStack,
  argv: string[],
  options: InitramfsOptions & { name: string },
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

function failed({ logs }: InitramfsOptions, message: string, lines: string[]): AptOstreeError {
  return new AptOstreeError('ERR_INITRAMFS', message, {
    hint: `the whole output is in ${logs}`,
    details: { lines: lines.slice(0, 50) },
  });
}
