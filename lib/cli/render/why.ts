import type { WhyLayer, WhyResult } from '../../system/results.ts';

/** "/etc/foo comes from script foo.postinst configure (foo 1.2)", with what touched it before. */
export function renderWhy({ path, layer, history }: WhyResult): string {
  const lines = [`${path} comes from ${layerWords(layer)}`];
  if (history.length > 1) {
    lines.push('touched by, the oldest first:');
    for (const one of history) lines.push(`  ${layerWords(one)}`);
  }
  return lines.join('\n');
}

export function layerWords({ kind, package: name, version, script, args }: WhyLayer): string {
  const id = [name, version].filter(Boolean).join(' ');
  switch (kind) {
    case 'base':
      return 'the base commit';
    case 'package':
      return `package ${id}`;
    case 'script':
      return `script ${[`${name}.${script}`, ...(args ?? []).map((arg) => arg || "''")].join(' ')} (${id})`;
    case 'database':
      return 'the package database';
    case 'treefile':
      return `the treefile${script ? ` (${script})` : ''}`;
    case 'accounts':
      return 'the accounts of an earlier tree';
    case 'initramfs':
      return 'the initramfs build';
    case 'layout':
      return 'the OSTree layout';
  }
}
