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
  /** Units that it comes before; of a template, all instances. */
  before: string[];
  /** The command, or */
  start?: string;
  /** the lines of a shell script, which ends at the first failure. */
  script?: string[];
  reason: string;
}

export const FIRST_BOOT_UNITS: readonly FirstBootUnit[] = readData<FirstBootUnit[]>('first-boot.json');

const UNIT_DIR = '/usr/lib/systemd/system';
const SCRIPT_DIR = '/usr/libexec/apt-ostree';

/** Unit files and the links that enable them, for the plain or the laid-out tree alike. */
export async function firstBootChanges(tree: TreeView): Promise<LayerChange[]> {
  await tree.prefetch(FIRST_BOOT_UNITS.flatMap(({ needs }) => needs));
  const changes: LayerChange[] = [];
  for (const unit of FIRST_BOOT_UNITS) {
    const nodes = await Promise.all(unit.needs.map((path) => tree.lookup(path)));
    if (nodes.some((node) => node === null)) continue;
    changes.push(...unitChanges(unit));
  }
  return changes;
}

const write = (path: string, mode: number, text: string): LayerChange => ({
  op: 'write',
  path,
  mode,
  uid: 0,
  gid: 0,
  data: Buffer.from(text),
});

function unitChanges(unit: FirstBootUnit): LayerChange[] {
  const file = `${unit.name}.service`;
  const wanted = `${UNIT_DIR}/multi-user.target.wants/${file}`;
  // Before= names no instances, so a template waits of its own accord.
  const templates = unit.before.filter((name) => name.endsWith('@.service'));
  return [
    write(`${UNIT_DIR}/${file}`, 0o644, unitText(unit)),
    { op: 'symlink', path: wanted, uid: 0, gid: 0, target: `../${file}` },
    ...templates.map((name) =>
      write(`${UNIT_DIR}/${name}.d/${unit.name}.conf`, 0o644, `[Unit]\nAfter=${file}\n`),
    ),
    ...(unit.script
      ? [write(scriptPath(unit), 0o755, `#!/bin/sh\nset -e\n${unit.script.join('\n')}\n`)]
      : []),
  ];
}

const scriptPath = ({ name }: FirstBootUnit) => `${SCRIPT_DIR}/${name}`;

function unitText(unit: FirstBootUnit): string {
  const conditions = unit.conditions.map((path) => `ConditionPathExists=${path}\n`).join('');
  return `[Unit]
Description=${unit.description}
Documentation=man:apt-ostree(1)
After=local-fs.target systemd-tmpfiles-setup.service
Before=${unit.before.filter((name) => !name.endsWith('@.service')).join(' ')}
${conditions}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${unit.start ?? scriptPath(unit)}
`;
}
