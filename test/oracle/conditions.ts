/** What dpkg's run and ours have in common, so that no difference comes from the surroundings. */

/** Both clocks stand here as far as programs honour it: shadow's day of the last change, mtimes in archives. */
export const SOURCE_DATE_EPOCH = '1767225600';

export const HOSTNAME = 'build';

export const SCRIPT_ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  LC_ALL: 'C.UTF-8',
  SYSTEMD_OFFLINE: '1',
  SOURCE_DATE_EPOCH,
};

/** Options of bwrap that make a box like the engine's around a root. */
export function box(root: string, writable: boolean): string[] {
  const environment = Object.entries(SCRIPT_ENVIRONMENT).flatMap(([name, value]) => [
    '--setenv',
    name,
    value,
  ]);
  return [
    ...[writable ? '--bind' : '--ro-bind', root, '/', '--dev', '/dev', '--proc', '/proc'],
    // Databases look there for the kind of shared memory that they can use.
    ...['--perms', '1777', '--tmpfs', '/dev/shm', '--tmpfs', '/run', '--perms', '1777', '--tmpfs', '/tmp'],
    ...['--unshare-net', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--hostname', HOSTNAME],
    ...['--new-session', '--die-with-parent', '--clearenv', ...environment, '--chdir', '/'],
  ];
}
