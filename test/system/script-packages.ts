import type { DebSpec } from '../helpers/deb.ts';

/** Small packages whose scripts succeed, fail, and change nothing. */
export const SCRIPT_PACKAGES: DebSpec[] = [
  {
    control: { Package: 'broken' },
    files: 'f /usr/lib/broken 0644 root root shipped',
    scripts: { postinst: 'echo half > /etc/half-done; rm /etc/tiny.conf; exit 1' },
  },
  {
    control: { Package: 'good' },
    scripts: { preinst: 'mkdir /etc/good.d', postinst: 'echo on > /etc/good.d/state; rm /etc/tiny.conf' },
  },
  { control: { Package: 'shaky' }, scripts: { postinst: 'echo half > /etc/shaky; exit 1' } },
  { control: { Package: 'quiet' }, scripts: { postinst: 'true' } },
  {
    control: { Package: 'small-kernel', Architecture: 'amd64' },
    files:
      'f /boot/vmlinuz-1.0-small 0644 root root kernel\nf /usr/lib/modules/1.0-small/modules.dep 0644 root root none',
  },
];
