import { formatBytes } from '../../monitor/format.ts';
import type { ResolveResult } from '../../system/results.ts';
import { count, table } from './table.ts';

export function renderResolve(plan: ResolveResult): string {
  const parts: string[] = [];
  const section = (title: string, rows: string[][]) => {
    if (rows.length > 0) parts.push(`${title}:\n${table(rows, '  ')}`);
  };
  const id = (p: { name: string; architecture: string }) => `${p.name}:${p.architecture}`;
  section(
    'Install',
    plan.install.map((p) => [id(p), p.version, formatBytes(p.size), p.reason]),
  );
  section(
    'Upgrade',
    plan.upgrade.map((p) => [id(p), `${p.replaces ?? '?'} -> ${p.version}`, formatBytes(p.size), p.reason]),
  );
  section(
    'Remove',
    plan.remove.map((p) => [id(p), p.version, p.reason]),
  );
  section(
    'Cycles',
    plan.cycles.map((cycle) => [cycle.join(' <-> ')]),
  );
  if (parts.length === 0) return 'nothing to do';
  const number = plan.install.length + plan.upgrade.length;
  parts.push(
    `${count(number, 'package')} in ${count(plan.levels.length, 'level')} and ${count(plan.epochs.length, 'epoch')}; ` +
      `${formatBytes(plan.downloadSize)} to fetch, ${formatBytes(plan.installedSize)} installed`,
  );
  return parts.join('\n\n');
}
