import { execute } from '../helpers/run.ts';
import { box } from './conditions.ts';

/** What dpkg of the tree itself complains of: `dpkg --audit` and `dpkg --verify`, a line each. */
export async function dpkgComplaints(root: string): Promise<string[]> {
  const complaints: string[] = [];
  for (const option of ['--audit', '--verify']) {
    const args = [...box(root, false), 'dpkg', option];
    const { stdout, stderr } = await execute('bwrap', args, { ok: [0, 1] });
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
    complaints.push(...lines.map((line) => `dpkg ${option}: ${line}`));
  }
  return complaints;
}
