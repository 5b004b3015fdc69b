import type { LayerChange } from '../../assembly/types.ts';
import { parseExtendedStates, updateExtendedStates } from '../../dpkg/extended-states.ts';
import { scrub } from '../../layout/scrub.ts';
import type { FilesystemAssembler } from './assemble.ts';

/** Where apt keeps its marks of automatically installed packages. */
const EXTENDED_STATES = '/var/lib/apt/extended_states';

/**
 * What every tree gets once its packages are configured: the database of this moment, apt's marks, and without
 * what must never be in an image. Still a plain Debian tree.
 */
export async function finishTree(assembler: FilesystemAssembler, auto: string[]): Promise<void> {
  const { stack, live } = assembler;
  live.write();
  const changes: LayerChange[] = [];
  if ((await stack.tree.lookup('/var/lib/apt'))?.type === 'dir') {
    const before = await stack.tree.read(EXTENDED_STATES);
    // apt's own order is that of its cache, which differs from run to run.
    const marks = new Map([...auto].sort().map((key) => [key, true]));
    for (const { name, architecture } of live.db.all())
      if (!marks.has(`${name}:${architecture}`)) marks.set(`${name}:${architecture}`, false);
    const data = Buffer.from(
      updateExtendedStates(parseExtendedStates(before?.toString('utf8') ?? ''), marks),
    );
    if (before || data.length > 0)
      changes.push({ op: 'write', path: EXTENDED_STATES, mode: 0o644, uid: 0, gid: 0, data });
  }
  stack.push({ kind: 'database' }, changes);
  stack.push({ kind: 'layout' }, (await scrub(stack.tree)).changes);
}
