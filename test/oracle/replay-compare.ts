import { createHash } from 'node:crypto';
import type { State, Trace } from './dpkg-trace.ts';
import { ADMIN_DIR, LARGE, type Scene, type Stage } from './replay-stage.ts';
import type { Entry } from './snapshot.ts';

/** Locks, backups and dpkg's own scratch, none of which says anything about a package. */
const UNTOLD =
  /^\/(lock|lock-frontend|.*-old|triggers\/(Lock|Unincorp)|updates|parts|available|info\/format|alternatives)$/;

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

/** Whether the scene has a file's content. */
async function hasContent(trace: Trace, scene: Scene, expected: Entry, path: string): Promise<boolean> {
  const { tree } = scene.stack;
  if (expected.size! > LARGE) return tree.hasBytesOf(path, trace.blobFile(expected.content!));
  return sha256((await tree.read(path))!) === expected.content;
}

async function comparePath(trace: Trace, scene: Scene, expected: Entry, path: string): Promise<string[]> {
  const { tree } = scene.stack;
  const node = await tree.lookup(path);
  if (!node) return [`missing ${path}`];
  if (node.type !== expected.type) return [`${path} is ${node.type}, not ${expected.type}`];
  const found: string[] = [];
  if (node.type === 'symlink' && node.target !== expected.target) found.push(`${path} -> ${node.target}`);
  if (node.type !== 'symlink' && node.mode !== expected.mode)
    found.push(`${path} has mode ${node.mode.toString(8)}, not ${expected.mode.toString(8)}`);
  if (node.uid !== expected.uid || node.gid !== expected.gid) found.push(`${path} has another owner`);
  if (node.type === 'file' && !(await hasContent(trace, scene, expected, path)))
    found.push(`${path} has other content`);
  return found;
}

async function textDiff(trace: Trace, scene: Scene, expected: Entry, path: string): Promise<string> {
  const theirs = (await trace.blob(expected.content!)).toString().split('\n');
  const ours = (await scene.stack.tree.read(path))!.toString().split('\n');
  const lines = [
    ...theirs.filter((line) => !ours.includes(line)).map((line) => `-${line}`),
    ...ours.filter((line) => !theirs.includes(line)).map((line) => `+${line}`),
  ];
  return lines.slice(0, 6).join(' | ') || `order of ${ours.slice(0, 8).join(' | ')}`;
}

/** In what the scene differs from a state that dpkg left. */
export async function compareScene(
  stage: Stage,
  trace: Trace,
  scene: Scene,
  state: State,
): Promise<string[]> {
  const { live } = scene.context;
  live.write();
  const found: string[] = [];
  const bases = await stage.source.lookup(state.tree.map(({ path }) => path));
  const explained = async (entry: Entry, path: string) => {
    for (const difference of await comparePath(trace, scene, entry, path))
      found.push(
        difference.endsWith('other content') && (entry.size ?? 0) <= LARGE
          ? `${difference}: ${await textDiff(trace, scene, entry, path)}`
          : difference,
      );
  };
  for (const [index, entry] of state.tree.entries()) {
    // What the stage has itself keeps its own rights.
    if (entry.path === '/' || (entry.type === 'dir' && bases[index]?.type === 'dir')) continue;
    await explained(entry, entry.path);
  }
  for (const entry of state.database.filter(({ path, type }) => type === 'file' && !UNTOLD.test(path)))
    await explained(entry, `${ADMIN_DIR}${entry.path}`);
  const expected = new Set([
    ...state.tree.map(({ path }) => path),
    ...state.database.map(({ path }) => `${ADMIN_DIR}${path}`),
  ]);
  for (const [path, node] of scene.stack.tree.changes()) {
    if (node === null || expected.has(path)) continue;
    const own = path.startsWith(`${ADMIN_DIR}/`) ? path.slice(ADMIN_DIR.length) : null;
    if (
      own !== null
        ? UNTOLD.test(own) || own === '/arch' || node.meta.type === 'dir'
        : (await stage.source.lookup([path]))[0]
    )
      continue;
    found.push(`extra ${path}`);
  }
  return found;
}
