import type { ObjectReader } from '../../lib/assembly/tree.ts';

/** For trees none of whose files is an object. */
export const noObjects: ObjectReader = { readObjects: async () => [], hasBytesOf: async () => false };
