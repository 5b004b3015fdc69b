import { viewBase } from '../../assembly/base.ts';
import { readBase } from '../../assembly/base-reader.ts';
import { Tree } from '../../assembly/tree.ts';
import { infoName } from '../../dpkg/record.ts';
import { parseStatus } from '../../dpkg/stanza.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { parseRecord, RECORD } from '../build/record.ts';
import type { SystemOptions, WhyOptions } from '../requests.ts';
import type { WhyLayer, WhyResult } from '../results.ts';
import { openCommit } from './commit-of.ts';
import { layerOf, NO_LAYER } from './why-layer.ts';

/** `why PATH`: the package, script or step that a path of a commit comes from, and all that touched it before. */
export async function why(system: SystemOptions, options: WhyOptions, _run: RunOptions): Promise<WhyResult> {
  await using opened = await openCommit(system, options.ref);
  const { repo, commit } = opened;
  const { source, view } = await viewBase(repo, commit);
  const tree = new Tree(readBase(source), repo);
  const asked = options.path.replace(/(?<=.)\/+$/, '');
  const path = await tree.resolve(view.plainOf(asked) ?? asked);
  const history: WhyLayer[] = await packagesOf(tree, path);
  const [data] = await repo.readFiles(commit, [RECORD]);
  for (const { origin, changes } of data ? parseRecord(data) : [])
    if (changes.some(([, changed]) => changed === path)) history.push(layerOf(origin));
  if ((await tree.lookup(path)) === null) {
    const [own] = await repo.lookup(commit, [asked]);
    if (!own || own.type === 'blocked')
      throw new AptOstreeError('ERR_OSTREE_NOT_FOUND', `${options.path} is not in the tree`, {
        details: { history },
      });
    history.push({ ...NO_LAYER, kind: 'layout' });
  }
  return { path: asked, layer: history.at(-1) ?? NO_LAYER, history };
}

/** Packages whose file list leads to this very place, through whatever links. */
async function packagesOf(tree: Tree, path: string): Promise<WhyLayer[]> {
  const status = await tree.read('/var/lib/dpkg/status');
  if (status === null) return [];
  const records = parseStatus(status.toString('utf8'));
  const lists = await tree.readMany(records.map((r) => `/var/lib/dpkg/info/${infoName(r)}.list`));
  const name = path.slice(path.lastIndexOf('/'));
  const out: WhyLayer[] = [];
  for (const [i, record] of records.entries()) {
    const listed = (lists[i]?.toString('utf8') ?? '').split('\n').filter((line) => line.endsWith(name));
    const places = await Promise.all(listed.map((line) => tree.resolve(line)));
    if (places.includes(path))
      out.push({ ...NO_LAYER, kind: 'package', package: record.name, version: record.version });
  }
  return out;
}
