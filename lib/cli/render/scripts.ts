import { formatBytes, formatSeconds } from '../../monitor/format.ts';
import type { HistoryResult, TriedScript, TryScriptsResult } from '../../system/results.ts';
import { count, table } from './table.ts';
import { layerWords } from './why.ts';

export function renderTriedScripts({ packages, scripts, failure }: TryScriptsResult): string {
  const parts = scripts.map(renderTried);
  parts.push(
    failure
      ? [failure.message, failure.hint].filter(Boolean).join('\n')
      : `${count(scripts.length, 'script')} of ${count(packages.length, 'package')} ran; nothing was committed`,
  );
  return parts.join('\n');
}

function renderTried(script: TriedScript): string {
  const words = layerWords({ kind: 'script', ...script });
  const end = script.state === 'succeeded' ? '' : `, ${script.state}`;
  const rows = script.changes.map(({ kind, type, path, size }) => [
    kind,
    type === 'whiteout' ? '' : type,
    type === 'file' ? formatBytes(size) : '',
    path,
  ]);
  const head = `${words} in ${formatSeconds(script.seconds)}${end}`;
  return rows.length > 0 ? `${head}\n${table(rows, '  ')}` : head;
}

export function renderHistory({ commit, entries }: HistoryResult): string {
  if (entries.length === 0) return `${commit} has no record of scripts`;
  return entries
    .map((entry) => {
      if (entry.state === 'skipped') return `${layerWords(entry)}: failed, undone and skipped`;
      if (entry.changes.length === 0) return `${layerWords(entry)}: changed nothing`;
      const rows = entry.changes.map(({ kind, path }) => [kind, path]);
      return `${layerWords(entry)}\n${table(rows, '  ')}`;
    })
    .join('\n');
}
