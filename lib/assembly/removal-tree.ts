import type { RemovalTree } from '../dpkg/file-removal.ts';
import type { Tree } from './tree.ts';
import type { LayerOrigin, LayerStack } from './types.ts';

/** The stack's tree as dpkg's rules of removal see it. */
export function removalTree(stack: LayerStack, tree: Tree, origin: LayerOrigin): RemovalTree {
  const place = (path: string) => tree.resolve(path === '/.' ? '/' : path);
  return {
    async isDir(path) {
      return (await tree.lookup(await tree.resolveDir(await place(path))))?.type === 'dir';
    },
    async remove(path) {
      const at = await place(path);
      const node = await tree.lookup(at);
      if (node === null) return true;
      if (node.type === 'dir' && (await tree.list(at, 1)).length > 0) return false;
      stack.push(origin, [{ op: 'remove', path: at }]);
      return true;
    },
    async stands(path) {
      return (await tree.lookup(await place(path))) !== null;
    },
    async isSame(one, other) {
      return (await place(one)) === (await place(other));
    },
  };
}
