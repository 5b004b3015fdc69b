import type { DebSpec } from '../helpers/deb.ts';

/** One transaction of a chain: .debs to install and names to remove, as arguments of apt. */
export interface ChainStep {
  install: DebSpec[];
  remove?: string[];
}

/** Transactions one after another, each onto the result of the one before, starting from the base. */
export interface Chain {
  name: string;
  steps: ChainStep[];
}

/** The same call in the three scripts in which dpkg-maintscript-helper wants it. */
function helper(call: string): Pick<DebSpec, 'scripts'> {
  const line = `dpkg-maintscript-helper ${call} -- "$@"`;
  return { scripts: { preinst: line, postinst: line, postrm: line } };
}

const at = (name: string, version: string, fields: Record<string, string> = {}) => ({
  control: { Package: name, Version: version, ...fields },
});

/** A postinst and a prerm that write down how they were called, so that every argument is compared. */
const recorded = (name: string): NonNullable<DebSpec['scripts']> =>
  Object.fromEntries(
    (['preinst', 'postinst', 'prerm', 'postrm'] as const).map((script) => [
      script,
      `mkdir -p /var/lib/calls\necho "${script} $# $*" >> /var/lib/calls/${name}\n` +
        `[ "${script}" != postinst ] || dpkg-query -W -f '\${Status}\\n' ${name} >> /var/lib/calls/${name}`,
    ]),
  );

const conffiles: Chain = {
  name: 'chain-conffiles',
  steps: [
    {
      install: [
        {
          ...at('settings', '1'),
          files: `
            f /etc/settings/untouched 0644 root root one
            f /etc/settings/edited 0640 root adm one
            f /etc/settings/edited-same 0644 root root one
            f /etc/settings/deleted 0644 root root one
            f /etc/settings/dropped 0644 root root one
            f /etc/settings/dropped-edited 0644 root root one
            f /etc/settings/declared-away 0644 root root one`,
          conffiles: [
            'untouched',
            'edited',
            'edited-same',
            'deleted',
            'dropped',
            'dropped-edited',
            'declared-away',
          ].map((name) => `/etc/settings/${name}`),
          scripts: recorded('settings'),
        },
      ],
    },
    {
      install: [
        {
          ...at('editor', '1', { Depends: 'settings' }),
          scripts: {
            postinst:
              'for name in edited edited-same dropped-edited; do echo mine >> /etc/settings/$name; done\nrm /etc/settings/deleted',
          },
        },
      ],
    },
    {
      install: [
        {
          ...at('settings', '2'),
          files: `
            f /etc/settings/untouched 0600 root root two
            f /etc/settings/edited 0640 root adm two
            f /etc/settings/edited-same 0644 root root one
            f /etc/settings/deleted 0644 root root two
            f /etc/settings/added 0644 root root two`,
          conffiles: [
            ...['untouched', 'edited', 'edited-same', 'deleted', 'added'].map(
              (name) => `/etc/settings/${name}`,
            ),
            'remove-on-upgrade /etc/settings/declared-away',
          ],
          scripts: recorded('settings'),
        },
      ],
    },
    { install: [], remove: ['settings'] },
    {
      install: [
        {
          ...at('settings', '3'),
          files: 'f /etc/settings/untouched 0644 root root three',
          conffiles: ['/etc/settings/untouched'],
          scripts: recorded('settings'),
        },
      ],
    },
  ],
};

const helperModes: Chain = {
  name: 'chain-maintscript-helper',
  steps: [
    {
      install: [
        {
          ...at('gone', '1'),
          files: 'f /etc/gone.conf 0644 root root one',
          conffiles: ['/etc/gone.conf'],
        },
        {
          ...at('moved', '1'),
          files: 'f /etc/moved-old.conf 0644 root root one',
          conffiles: ['/etc/moved-old.conf'],
        },
        {
          ...at('to-dir', '1'),
          files: 'l /usr/share/to-dir/docs ../doc\nf /usr/share/to-dir/file 0644 root root one',
        },
        { ...at('to-link', '1'), files: 'f /usr/share/to-link/docs/file 0644 root root one' },
      ],
    },
    {
      install: [
        { ...at('gone', '2'), ...helper('rm_conffile /etc/gone.conf 2~') },
        {
          ...at('moved', '2'),
          files: 'f /etc/moved-new.conf 0644 root root two',
          conffiles: ['/etc/moved-new.conf'],
          ...helper('mv_conffile /etc/moved-old.conf /etc/moved-new.conf 2~'),
        },
        {
          ...at('to-dir', '2'),
          files:
            'f /usr/share/to-dir/docs/inside 0644 root root two\nf /usr/share/to-dir/file 0644 root root two',
          ...helper('symlink_to_dir /usr/share/to-dir/docs /usr/share/doc 2~'),
        },
        {
          ...at('to-link', '2'),
          files: 'l /usr/share/to-link/docs ../to-link-2\nf /usr/share/to-link-2/file 0644 root root two',
          ...helper('dir_to_symlink /usr/share/to-link/docs ../to-link-2 2~'),
        },
      ],
    },
  ],
};

const ownership: Chain = {
  name: 'chain-ownership',
  steps: [
    {
      install: [
        {
          ...at('whole', '1'),
          files: `
            f /usr/bin/part 0755 root root one
            f /usr/share/whole/stays 0644 root root one
            d /usr/share/whole/empty 0750 root adm
            f /usr/share/whole/plugins/a 0644 root root one
            h /usr/share/whole/hard /usr/share/whole/stays`,
          scripts: recorded('whole'),
        },
        {
          ...at('eaten', '1'),
          files: 'f /usr/share/eaten/only 0644 root root one',
          scripts: recorded('eaten'),
        },
        { ...at('diverted', '1'), files: 'f /usr/bin/tool 0755 root root tool of diverted' },
        {
          ...at('watcher', '1'),
          triggers: ['interest /usr/share/watched', 'interest-noawait refresh'],
          scripts: { postinst: 'mkdir -p /var/lib/calls\necho "postinst $# $*" >> /var/lib/calls/watcher' },
        },
      ],
    },
    {
      install: [
        {
          ...at('whole', '2'),
          files: `
            f /usr/share/whole/stays 0644 root root two
            l /usr/share/whole/plugins /usr/share/part/plugins`,
          scripts: recorded('whole'),
        },
        {
          ...at('part', '2', { Replaces: 'whole (<< 2)', Breaks: 'whole (<< 2)' }),
          files: 'f /usr/bin/part 0755 root root two\nf /usr/share/part/plugins/a 0644 root root two',
          scripts: recorded('part'),
        },
        {
          ...at('eater', '1', { Replaces: 'eaten' }),
          files: 'f /usr/share/eaten/only 0644 root root eater',
        },
        {
          ...at('diverter', '1'),
          files: 'f /usr/bin/tool 0755 root root tool of diverter\nf /usr/share/watched/x 0644 root root 1',
          triggers: ['activate refresh'],
          scripts: {
            preinst:
              'dpkg-divert --package diverter --add --rename --divert /usr/bin/tool.real /usr/bin/tool',
            postinst:
              'update-alternatives --install /usr/bin/chosen chosen /usr/bin/tool 50\n' +
              'dpkg-statoverride --list /usr/bin/tool.real >/dev/null || ' +
              'dpkg-statoverride --update --add root mail 2755 /usr/bin/tool.real',
            prerm: 'update-alternatives --remove chosen /usr/bin/tool',
            postrm:
              'if [ "$1" = remove ]; then\n' +
              '  dpkg-divert --package diverter --remove --rename --divert /usr/bin/tool.real /usr/bin/tool\nfi',
          },
        },
      ],
    },
    { install: [{ ...at('diverted', '2'), files: 'f /usr/bin/tool 0755 root root tool of diverted two' }] },
    { install: [], remove: ['diverter', 'part'] },
  ],
};

export const CHAINS: Chain[] = [conffiles, helperModes, ownership];
