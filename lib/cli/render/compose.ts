import { formatBytes, formatSeconds } from '../../monitor/format.ts';
import type {
  ComposeResult,
  HostResult,
  PackageAction,
  ScriptRun,
  TransactionStats,
} from '../../system/results.ts';
import { count, table } from './table.ts';

type Done = { packages: PackageAction[]; scripts: ScriptRun[]; stats: TransactionStats };

/** A composed tree or layer. */
export function renderCompose(result: ComposeResult): string {
  if (result.unchanged) return `nothing changed: ${result.ref} is still ${result.commit}`;
  const head: string[][] = [];
  if (result.commit) head.push(['commit', result.commit]);
  if (result.ref) head.push(['ref', result.ref]);
  if (result.base) head.push(['base', result.base]);
  if (!result.commit) head.push(['planned', 'nothing was written']);
  return table([...head, ...summary(result)]);
}

export function renderHost(result: HostResult): string {
  if (result.unchanged) return 'nothing changed';
  const lines = [renderCompose(result)];
  if (result.deployment)
    lines.push(
      result.staged
        ? `deployed ${result.deployment}; it takes effect at the next boot (systemctl reboot)`
        : `deployed ${result.deployment}`,
    );
  return lines.join('\n');
}

/** What was done, in rows of a name and a text. */
export function summary({ packages, scripts, stats }: Done): string[][] {
  const rows = [['packages', packageWords(packages)]];
  if (scripts.length > 0) {
    const cached = scripts.filter((script) => script.cached).length;
    rows.push([
      'scripts',
      `${count(scripts.length, 'run')}${cached > 0 ? `, ${cached} from the cache` : ''}`,
    ]);
  }
  const skipped = scripts.filter((script) => script.state === 'skipped');
  if (skipped.length > 0) rows.push(['skipped', skipped.map((s) => `${s.package}.${s.script}`).join(' ')]);
  const { written, reused } = stats.objects;
  if (written + reused > 0)
    rows.push([
      'objects',
      `${written.toLocaleString('en-US')} written (${formatBytes(stats.bytesWritten)}), ${reused.toLocaleString('en-US')} reused`,
    ]);
  const { total, ...stages } = stats.seconds;
  const times = Object.entries(stages).filter(([, seconds]) => seconds >= 0.005);
  if (times.length > 0)
    rows.push(['stages', times.map(([stage, seconds]) => `${stage} ${formatSeconds(seconds)}`).join(', ')]);
  rows.push(['time', formatSeconds(total)]);
  if (stats.peakRss > 0) rows.push(['memory', `${formatBytes(stats.peakRss)} at most`]);
  return rows;
}

function packageWords(packages: PackageAction[]): string {
  const words = { install: 'installed', upgrade: 'upgraded', downgrade: 'downgraded', remove: 'removed' };
  const parts = Object.entries(words).flatMap(([action, word]) => {
    const number = packages.filter((p) => p.action === action).length;
    return number > 0 ? [`${number} ${word}`] : [];
  });
  return parts.join(', ') || 'none changed';
}

/** `name version -> version`, for dry runs and previews. */
export function renderActions(packages: PackageAction[]): string {
  return table(
    packages.map((p) => [p.action, `${p.name}:${p.architecture}`, p.version]),
    '  ',
  );
}
