/**
 * Every error code with what it means. Codes are stable: scripts rely on them.
 * `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES = {
  // usage and input
  ERR_USAGE: 'The command line or an option is wrong.',
  ERR_TREEFILE: 'The treefile cannot be read, or a key or value in it is wrong.',
  ERR_LOCKFILE: 'The lockfile cannot be read, or what it names is not to be had.',
  ERR_CANCELLED: 'The caller cancelled; nothing has changed.',
  ERR_CLOSED: 'The handle was closed before.',
  ERR_INTERNAL: 'A defect of apt-ostree itself.',
  // system
  ERR_SYSTEM: 'A system call failed.',
  ERR_NO_SPACE: 'The file system is full.',
  ERR_PERMISSION: 'Root is needed for this.',
  ERR_LOCKED: 'Another transaction holds the lock.',
  ERR_NATIVE_LOAD: 'A native addon could not be loaded.',
  // repository
  ERR_OSTREE: 'libostree refused an operation.',
  ERR_OSTREE_NOT_FOUND: 'A repository, ref, commit or path does not exist.',
  ERR_REF_MOVED: 'A ref changed while the transaction ran.',
  ERR_REPO_MODE: 'The repository has a mode that cannot be used for this.',
  // packages
  ERR_DEB_FORMAT: 'A .deb is damaged or breaks the format.',
  ERR_DEB_LIMIT: 'A .deb exceeds a limit (size, number of files, memory to decompress).',
  ERR_DEB_RESERVED_PATH: 'A .deb ships a path that no package may own.',
  ERR_DEB_CONTROL: 'The control files of a .deb are wrong.',
  ERR_DEB_HASH: 'A .deb is not the one that was asked for: its hash differs.',
  // resolution and fetching
  ERR_APT: 'libapt-pkg refused an operation.',
  ERR_APT_CACHE_OPEN: 'The package lists could not be opened.',
  ERR_APT_UNKNOWN_PACKAGE: 'No source has a package of this name, version or suite.',
  ERR_APT_UNRESOLVABLE: 'The request cannot be satisfied; the details hold the chain of reasons.',
  ERR_APT_FETCH: 'A file could not be fetched.',
  ERR_APT_UNTRUSTED: 'A source is not signed, or its signature is wrong.',
  ERR_APT_HOST: 'The apt child process ended unexpectedly.',
  // assembly and scripts
  ERR_FILE_CONFLICT: 'Two packages own the same path.',
  ERR_UNSAFE_PATH: 'A path of the tree leads somewhere it must not.',
  ERR_SCRIPT_FAILED: 'A maintainer script failed.',
  ERR_SCRIPT_TIMEOUT: 'A maintainer script ran too long.',
  ERR_SCRIPT_UNDO: 'A script cannot be undone: later ones stand upon it, or its changes were kept.',
  ERR_SANDBOX: 'The sandbox could not be set up.',
  ERR_DPKG_DATABASE: 'The dpkg database of a tree is damaged.',
  ERR_CONFIGURE_STUCK: 'Packages could not be configured: their dependencies are not met.',
  ERR_TRIGGER_CYCLE: 'Triggers activate each other without end.',
  ERR_AUDIT: 'The finished tree does not pass its checks.',
  // layout and deployment
  ERR_LAYOUT: 'A path of the tree cannot be placed in the OSTree layout.',
  ERR_NO_KERNEL: 'The tree has no kernel, or more than one.',
  ERR_INITRAMFS: 'The initramfs could not be built.',
  ERR_ACCOUNT_DRIFT: 'An account has another number than before.',
  ERR_DEPLOY: 'The deployment could not be written.',
  ERR_NO_DEPLOYMENT: 'The sysroot has no deployment.',
  ERR_NOT_LAYERED: 'The package is not among the requested ones.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
