const FILE_BINS = 262139;
const PACKAGE_BINS = 65521;

/** FNV-1a over bytes that are signed as `char` is on amd64, which is how dpkg hashes names. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193);
  return hash >>> 0;
}

/** Bin of a path in dpkg's file table, which is the order of the diversions and statoverride files. */
function fileBin(path: string): number {
  return fnv1a(path.replace(/^(?:\.?\/)+/, '')) % FILE_BINS;
}

/** Bin of a name in dpkg's package table, which is the order in which it looks at all packages. */
export function packageBin(name: string): number {
  return fnv1a(name) % PACKAGE_BINS;
}

/** Sorts as a walk over dpkg's file table gives the paths; equal bins keep their order. */
export function inFileOrder<T>(items: T[], path: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, bin: fileBin(path(item)) }))
    .sort((a, b) => a.bin - b.bin)
    .map(({ item }) => item);
}
