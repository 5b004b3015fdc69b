import type { ScriptCall } from './types.ts';

/** What the environment of a script depends on besides the call. */
export interface ScriptEnvironment {
  /** Version of the dpkg package in the tree. */
  dpkgVersion: string;
  /** Seconds since the epoch that tools write instead of the time of day (useradd: the day in /etc/shadow). */
  sourceDateEpoch: number;
}

/** As apt's DPkg::Path: scripts must not find programs of /usr/local first, or the tree would depend on them. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The engine's own additions: nobody is there to answer, nothing is booted, every run must give the same bytes. */
const UNATTENDED = {
  // dpkg passes on root's; a few scripts call programs that cannot do without.
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  LC_ALL: 'C.UTF-8',
  SYSTEMD_OFFLINE: '1',
  // The hooks of kernel packages build no initramfs; the engine builds one at the end.
  INITRD: 'No',
};

/** All variables of a maintainer script: those of dpkg when apt runs it, and the engine's additions. No TERM. */
export function scriptEnvironment(call: ScriptCall, options: ScriptEnvironment): Record<string, string> {
  return {
    PATH,
    DPKG_ADMINDIR: '/var/lib/dpkg',
    DPKG_COLORS: 'never',
    DPKG_FORCE: 'security-mac,downgrade',
    DPKG_FRONTEND_LOCKED: 'true',
    DPKG_MAINTSCRIPT_ARCH: call.architecture,
    DPKG_MAINTSCRIPT_DEBUG: '0',
    DPKG_MAINTSCRIPT_NAME: call.script,
    DPKG_MAINTSCRIPT_PACKAGE: call.package,
    DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT: String(call.refcount),
    // Set and empty: the script works on the root it sees.
    DPKG_ROOT: '',
    // The upstream version alone, without what a derivative appended.
    DPKG_RUNNING_VERSION: /^[\d.]*/.exec(options.dpkgVersion)![0],
    ...programEnvironment(options),
  };
}

/** Variables of programs of the tree that are no maintainer scripts: treefile steps, ldconfig, depmod. */
export function programEnvironment(
  options: Pick<ScriptEnvironment, 'sourceDateEpoch'>,
): Record<string, string> {
  return { PATH, ...UNATTENDED, SOURCE_DATE_EPOCH: String(options.sourceDateEpoch) };
}

/** dpkg executes the script by its path, with the arguments of the call. */
export function scriptArguments(call: ScriptCall): string[] {
  return [call.path, ...call.args];
}
