/**
 * Strongly connected components of a graph, targets before what points to them (reverse topological order); the
 * members of each are sorted. Iterative: dependency chains are deeper than a call stack may be. Equal graphs give
 * equal results, in whatever order their nodes were added.
 */
export function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const result: string[][] = [];

  const enter = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    path.push(node);
    onPath.add(node);
    return { node, next: 0 };
  };
  const lower = (node: string, to: number) => low.set(node, Math.min(low.get(node)!, to));

  for (const root of [...graph.keys()].sort()) {
    if (index.has(root)) continue;
    const stack = [enter(root)];
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const target = graph.get(frame.node)![frame.next++];
      if (target === undefined) {
        stack.pop();
        if (stack.length > 0) lower(stack.at(-1)!.node, low.get(frame.node)!);
        if (low.get(frame.node) === index.get(frame.node)) result.push(leave(frame.node));
      } else if (!index.has(target)) stack.push(enter(target));
      else if (onPath.has(target)) lower(frame.node, index.get(target)!);
    }
  }
  return result;

  function leave(root: string): string[] {
    const members = path.splice(path.indexOf(root));
    for (const member of members) onPath.delete(member);
    return members.sort();
  }
}
