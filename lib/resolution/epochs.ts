import type { PlanOperation } from './plan.ts';

/**
 * Cuts a plan into epochs: runs of unpacks with no script between them, which can be laid over the tree at once.
 * An unpack whose package has a script that can act (`hasScript`) begins a new epoch, for its preinst must see what
 * was unpacked before; every other operation is an epoch of its own.
 */
export function epochs(
  operations: readonly PlanOperation[],
  hasScript: (operation: PlanOperation) => boolean,
): PlanOperation[][] {
  const result: PlanOperation[][] = [];
  for (const operation of operations) {
    const last = result.at(-1);
    if (operation.kind === 'unpack' && last?.[0]?.kind === 'unpack' && !hasScript(operation))
      last.push(operation);
    else result.push([operation]);
  }
  return result;
}
