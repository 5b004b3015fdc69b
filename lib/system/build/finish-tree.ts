import type { LayerChange } from '../../assembly/types.ts';
import { parseExtendedStates, updateExtendedStates } from '../../dpkg/extended-states.ts';
import { bakedKeys } from '../../layout/baked-keys.ts';
import { scrub } from '../../layout/scrub.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import type { FilesystemAssembler } from './assemble.ts';

/** Where apt keeps its marks of automatically installed packages. */
const EXTENDED_STATES = '/var/lib/apt/extended_states';

/**
 * What every tree gets once its packages are configured: the database of this moment, apt's marks, and without
 * what must never be in an image. Still a plain Debian tree.
 */
export async function finishTree(
  assembler: FilesystemAssembler,
  auto: string[],
  monitor?: Monitor,
): Promise<void> {
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
  const makers = new Map(
    assembler.record.flatMap(({ origin, changes }) =>
      changes
        // Who takes a right from a key that was shipped has not made it.
        .filter(([kind]) => kind === 'added' || kind === 'modified')
        .map(([, path]) => [
          path,
          origin.kind === 'script' ? `${origin.package}.${origin.script}` : 'a step',
        ]),
    ),
  );
  for (const path of await bakedKeys(stack.tree, makers.keys()))
    monitor?.warning(
      `${path}: a private key that ${makers.get(path)} made is in the image, the same for every host`,
    );
}
