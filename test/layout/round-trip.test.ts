import { expect, test } from 'vitest';
import { plainView } from '../../lib/layout/plain-view.ts';
import { scrub } from '../../lib/layout/scrub.ts';
import { layOut } from '../../lib/layout/to-ostree.ts';
import { machineHas } from '../helpers/root.ts';
import { MemoryTree } from './memory-tree.ts';
import { realTree } from './real-tree.ts';

await machineHas('root', 'archive');

async function scrubbed(tree: MemoryTree): Promise<MemoryTree> {
  return tree.with((await scrub(tree)).changes);
}

async function hostTree(): Promise<MemoryTree> {
  return MemoryTree.ofFolder(await realTree());
}

test('a real tree laid out and back is the same tree', { timeout: 600_000 }, async () => {
  const plain = await scrubbed(await hostTree());
  const ostree = plain.with(await layOut(plain));
  const view = await plainView(ostree);
  expect(ostree.with(view.changes).lines()).toEqual(plain.lines());
  expect(view.made).toEqual([]);
});

test('laying out twice by way of the plain tree gives the same tree', { timeout: 600_000 }, async () => {
  const plain = await scrubbed(await hostTree());
  const once = plain.with(await layOut(plain));
  const again = once.with((await plainView(once)).changes);
  expect(again.with(await layOut(again)).lines()).toEqual(once.lines());
  expect((await scrub(again)).changes).toEqual([]);
});

test('every plain path is found at its place, and nothing else', { timeout: 600_000 }, async () => {
  const plain = await scrubbed(await hostTree());
  const ostree = plain.with(await layOut(plain));
  const view = await plainView(ostree);
  for (const [path, node] of plain.nodes) {
    const place = view.place(path);
    expect(place, path).not.toBeNull();
    expect(ostree.nodes.get(place!), path).toEqual(node);
    expect(view.plainOf(place!)).toBe(path);
  }
  for (const path of ostree.nodes.keys()) {
    const place = view.place(path);
    if (plain.nodes.has(path) || place === null) continue;
    expect(ostree.nodes.has(place), `${path} at ${place}`).toBe(false);
  }
});

test('the layer over a checkout shows the plain tree', { timeout: 600_000 }, async () => {
  const plain = await scrubbed(await hostTree());
  const ostree = plain.with(await layOut(plain));
  // A deployment has a merged /etc of its own, which must not show through.
  const deployment = ostree.copy().dir('/etc').file('/etc/of-the-host', 'x');
  const layer = await (await plainView(ostree)).layer();
  expect(deployment.with(layer).lines()).toEqual(plain.lines());
});
