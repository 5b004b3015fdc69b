/** Debian's name for each of Node's, where they differ. All are little-endian ports, as Node's are. */
const DEBIAN: Record<string, string> = { x64: 'amd64', ia32: 'i386', arm: 'armhf', ppc64: 'ppc64el' };

export function hostArchitecture(): string {
  return DEBIAN[process.arch] ?? process.arch;
}
