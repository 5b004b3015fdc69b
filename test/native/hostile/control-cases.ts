import { CONTROL, deb, dir, type Entry, file, gzip, hardlink, longName, symlink, tar } from './archive.ts';
import { accept, control, format, type HostileCase } from './case.ts';

const field = (name: string, value: string) =>
  CONTROL.includes(`${name}: `)
    ? CONTROL.replace(new RegExp(`^${name}: .*$`, 'm'), () => `${name}: ${value}`)
    : `${CONTROL}${name}: ${value}\n`;
const without = (name: string) => CONTROL.replace(new RegExp(`^${name}: .*\n`, 'm'), '');
const text = (value: string) => () => deb({ control: value });
const withField = (name: string, value: string) => text(field(name, value));
const member =
  (...members: Entry[]) =>
  () =>
    deb({ members });
const script = (name: string, data: string | Buffer, mode = 0o755) =>
  member(file(`./${name}`, data, { mode }));
const manyDepends = Array.from({ length: 100_000 }, (_, i) => `p${String(i).padStart(6, '0')}`).join(', ');
const elf = Buffer.concat([Buffer.from('\x7fELF'), Buffer.from([2, 1, 1, 0, 0xff, 0xfe])]);

/** control.tar and the fields and files in it. */
export const CONTROL_CASES: HostileCase[] = [
  control('c01-no-control-file', () => deb({ control: [dir('./')] }), 'no control file'),
  control(
    'c02-control-symlink',
    () => deb({ control: [dir('./'), symlink('./control', '/etc/passwd')] }),
    'not a regular file',
  ),
  format('c03-control-dotdot', member(file('./../../evil', 'x')), 'leads out of the package'),
  control('c04-control-subdir', member(dir('./sub/'), file('./sub/x')), 'not a regular file'),
  control('c05-control-dup', member(file('./control', CONTROL)), 'control twice'),
  control('c06-control-dirs-0555', member(dir('./d/', { mode: 0o555 }), file('./d/x')), 'not a regular file'),
  control('c07-postinst-symlink', member(symlink('./postinst', '/bin/true')), 'not a regular file'),
  control('c08-control-hardlink', member(hardlink('./postinst', './control')), 'not a regular file'),
  format('c09-control-device', member({ name: './null', type: '3' }), 'device node'),
  control('c10-empty-control', text(''), 'control is empty'),
  control('c11-pkgname-slash', withField('Package', '../evil'), 'Package "../evil" is not a package name'),
  control('c12-pkgname-upper-space', withField('Package', 'Evil Name'), 'is not a package name'),
  control('c13-version-epoch-bad', withField('Version', 'x:1'), 'wrong epoch'),
  control('c14-version-neg-epoch', withField('Version', '-1:1'), 'wrong epoch'),
  control('c15-version-huge-epoch', withField('Version', '2147483648:1'), 'wrong epoch'),
  control('c16-version-slash', withField('Version', '1/2'), 'cannot have'),
  control('c17-no-version', text(without('Version')), 'control has no Version'),
  control('c18-dup-field', text(`${CONTROL}version: 2\n`), 'the field version stands twice'),
  control('c19-two-stanzas', text(`${CONTROL}\n${CONTROL}`), 'a second paragraph'),
  control('c20-nul-in-field', withField('Maintainer', 'a\0b'), 'NUL byte'),
  control(
    'c21-status-injection',
    withField('Status', 'install ok installed'),
    "field Status of dpkg's database",
  ),
  accept('c22-format-string', withField('Description', '%s%n%d'), (m) => m.control.includes('%s%n%d'), true),
  accept('c23-depends-100k', withField('Depends', manyDepends)),
  control('c24-depends-garbage', withField('Depends', 'a (>=, b | | c'), 'Depends'),
  control('c25-arch-evil', withField('Architecture', '../../x'), 'is not an architecture'),
  control('c26-control-16M-line', withField('Description', 'x'.repeat(16 << 20)), 'longer than 1 MiB'),
  accept('c27-essential-fake', withField('Essential', 'yes'), (m) => m.audit, ['declares itself essential']),
  control('c28-conffiles-dotdot', member(file('./conffiles', '/etc/../../x\n')), 'leads out of the package'),
  control(
    'c29-conffiles-relative',
    member(file('./conffiles', 'etc/x\n')),
    'neither a path nor a known flag',
  ),
  accept(
    'c30-conffiles-missing',
    member(file('./conffiles', '/etc/none\n')),
    (m) => m.texts.conffiles,
    '/etc/none\n',
  ),
  control('c31-conffiles-no-newline', member(file('./conffiles', '/etc/x')), 'does not end with a newline'),
  control(
    'c32-conffiles-unknown-flag',
    member(file('./conffiles', 'eat-me /etc/x\n')),
    'neither a path nor a known flag',
  ),
  control('c33-triggers-bad', member(file('./triggers', 'explode /usr\n')), 'unknown directive'),
  accept(
    'c34-md5sums-lie',
    () => deb({ members: [file('./md5sums', `${'0'.repeat(32)}  x\n`)], data: [file('./x', 'y')] }),
    (m) => m.audit,
    ['md5sums is wrong for /x'],
  ),
  accept('c35-md5sums-dotdot', member(file('./md5sums', `${'0'.repeat(32)}  ../x\n`)), (m) => m.audit, []),
  accept('c36-postinst-no-shebang', script('postinst', 'true\n'), (m) => m.texts.postinst, 'true\n'),
  control('c37-postinst-not-exec', script('postinst', '#!/bin/sh\n', 0o644), 'postinst is not executable'),
  accept('c38-postinst-binary-elf', script('postinst', elf), (m) => m.audit, ['postinst is not UTF-8']),
  control('c39-crlf', text(CONTROL.replaceAll('\n', '\r\n')), 'carriage returns'),
  control('c40-bom', text(`\ufeff${CONTROL}`), 'is not a field'),
  control('c41-info-file-overlong', member(longName('./' + 'n'.repeat(150)), file('./x')), 'above 100 bytes'),
  format('c42-info-name-newline', member(file('./a\nb')), 'holds a newline'),
  control('x33-info-name-space', member(file('./a b')), 'member with the name'),

  control(
    'x20-conffiles-flag-relative',
    member(file('./conffiles', 'remove-on-upgrade etc/x\n')),
    'not an absolute path',
  ),
  accept('x21-conffiles-flag', member(file('./conffiles', 'remove-on-upgrade /etc/x\n'))),
  control('x22-own-list', member(file('./list', '/etc/shadow\n')), "dpkg's own list"),
  control('x23-conffiles-field', withField('Conffiles', '/etc/x 0'), "field Conffiles of dpkg's database"),
  control('x24-no-final-newline', text(CONTROL.slice(0, -1)), 'does not end with a newline'),
  control('x25-continuation-first', text(` x\n${CONTROL}`), 'continuation line without a field'),
  control(
    'x26-control-latin1',
    () => deb({ control: [dir('./'), file('./control', Buffer.from(`${CONTROL}X: \xe9\n`, 'latin1'))] }),
    'not UTF-8',
  ),
  control('x27-provides-arch', withField('Provides', 'a:/x'), 'is not an architecture'),
  accept('x28-relations', withField('Depends', 'a(>=1:2~x-3) | b:any , c (<< 2),\n d (= 1.0)')),
  control('x29-depends-trailing-comma', withField('Depends', 'a, b,'), 'not a list of packages'),
  control('x30-version-ends-in-dash', withField('Version', '1.0-'), 'wrong revision'),
  control('x31-trigger-name', member(file('./triggers', 'interest a b\n')), 'not a trigger'),
  format(
    'x32-control-no-end',
    () => deb({ control: gzip(tar([dir('./'), file('./control', CONTROL)], 0)) }),
    'no end mark',
  ),
  accept(
    'x34-long-script',
    script('postinst', `#!/bin/sh\n${'é'.repeat(1 << 18)}`),
    (m) => [m.audit, m.texts.postinst!.length < 1 << 18],
    [['the text of postinst is cut in the manifest'], true],
  ),
  control(
    'x35-too-many-members',
    member(...Array.from({ length: 64 }, (_, i) => file(`./m${i}`))),
    'too many files',
  ),
  control('x36-file-in-subfolder', member(file('./sub/x')), 'in a subfolder'),
];
