import type { DeploymentStatus, StatusResult } from '../../system/results.ts';
import { table } from './table.ts';

/** The deployments as rpm-ostree shows them: a dot marks the booted one. */
export function renderStatus(status: StatusResult): string {
  const lines: string[] = [];
  if (status.transaction)
    lines.push(`Transaction: ${status.transaction.title} (process ${status.transaction.pid})`);
  if (status.deployments.length === 0) lines.push('No deployments.');
  else lines.push('Deployments:');
  for (const deployment of status.deployments) lines.push('', renderDeployment(deployment));
  return lines.join('\n').replace('Deployments:\n\n', 'Deployments:\n');
}

function renderDeployment(d: DeploymentStatus): string {
  const marks = [d.staged && 'staged', d.pinned && 'pinned'].filter(Boolean);
  const title = `${d.booted ? '*' : ' '} ${d.origin ?? d.osname}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
  const time = new Date(d.timestamp * 1000).toISOString().replace('.000', '');
  const layered = d['base-checksum'] !== null && d['base-checksum'] !== d.checksum;
  const rows: [string, string][] = [['Version', d.version ? `${d.version} (${time})` : time]];
  if (layered) rows.push(['BaseCommit', d['base-checksum']!]);
  rows.push(['Commit', d.checksum], ['OS', d.osname]);
  const inactive = d['requested-packages'].filter((request) => !isInEffect(request, d.packages));
  const lists: [string, string[]][] = [
    ['Requested', d['requested-packages']],
    ['Inactive', inactive],
    ['Layered', shorten(d.packages)],
    ['LocalPackages', d['requested-local-packages']],
    ['Removed', d['base-removals']],
    ['Replaced', d['base-local-replacements']],
    ['SkipScripts', d['requested-skipped-scripts']],
    ['SkippedScripts', d['skipped-scripts']],
    ['Kernel args', d.kargs],
  ];
  for (const [name, list] of lists) if (list.length > 0) rows.push([name, list.join(' ')]);
  if (d['regenerate-initramfs']) rows.push(['Initramfs', 'regenerated']);
  return `${title}\n${table(
    rows.map(([name, value]) => [`${name}:`.padStart(16), value]),
    '  ',
  )}`;
}

/** Whether a request (`nginx`, `nginx=1.22`, `nginx:amd64`) shows in the packages in effect (`nginx_1.22_amd64`). */
function isInEffect(request: string, packages: readonly string[]): boolean {
  const name = request.split(/[=/:]/)[0];
  return packages.some((id) => id.split('_')[0] === name);
}

function shorten(packages: readonly string[]): string[] {
  const shown = packages.slice(0, 8);
  const more = packages.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
