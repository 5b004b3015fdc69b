import type { LayerChange, TreeView } from '../assembly/types.ts';
import { readData } from './data.ts';

/** A row of `first-boot.json`: a unit that makes on each host what an image must not carry. */
export interface FirstBootUnit {
  name: string;
  /** It is only added where all of these exist. */
  needs: string[];
  description: string;
  /** Values of ConditionPathExists=. */
  conditions: string[];
  before: string[];
  start: string;
  reason: string;
}

export const FIRST_BOOT_UNITS: readonly FirstBootUnit[] = readData<FirstBootUnit[]>('first-boot.json');

const UNIT_DIR = '/usr/lib/systemd/system';

/** Unit files and the links that enable them, for the plain or the laid-out tree alike. */
export async function firstBootChanges(tree: TreeView): Promise<LayerChange[]> {
  await tree.prefetch(FIRST_BOOT_UNITS.flatMap(({ needs }) => needs));
  const changes: LayerChange[] = [];
  for (const unit of FIRST_BOOT_UNITS) {
    const nodes = await Promise.all(unit.needs.map((path) => tree.lookup(path)));
    if (nodes.some((node) => node === null)) continue;
    const file = `${unit.name}.service`;
    const data = Buffer.from(unitText(unit));
    changes.push(
      { op: 'write', path: `${UNIT_DIR}/${file}`, mode: 0o644, uid: 0, gid: 0, data },
      {
        op: 'symlink',
        path: `${UNIT_DIR}/multi-user.target.wants/${file}`,
        uid: 0,
        gid: 0,
        target: `../${file}`,
      },
    );
  }
  return changes;
}

function unitText(unit: FirstBootUnit): string {
  const conditions = unit.conditions.map((path) => `ConditionPathExists=${path}\n`).join('');
  return `[Unit]
Description=${unit.description}
Documentation=man:apt-ostree(1)
After=local-fs.target systemd-tmpfiles-setup.service
Before=${unit.before.join(' ')}
${conditions}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${unit.start}
`;
}
