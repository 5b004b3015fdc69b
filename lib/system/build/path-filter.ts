import type { Member } from '../../assembly/payload.ts';
import type { Treefile } from '../../compose/treefile.ts';

/** Folders of documentation, and what stays in them: licences are owed to everyone who gets the files. */
const DOCUMENTATION = /^\/usr\/share\/(?:doc|info|man|doc-base|groff|gtk-doc|help|lintian|linda)\//;
const COPYRIGHT = /^\/usr\/share\/doc\/[^/]+\/(?:copyright|NOTICE[^/]*)$/;
const LOCALE = /^\/usr\/share\/(?:locale|man)\/([a-z]{2,3}(?:[_@.][^/]*)?)\//;

/**
 * Keeps documentation and locales out of a tree as the treefile says, like dpkg's path filters: the paths stay in
 * the file lists, and directories stay, since the copyright file needs one.
 */
export function pathFilter(
  treefile: Pick<Treefile, 'documentation' | 'installLangs'>,
): (path: string, type: Member['type']) => boolean {
  const { documentation, installLangs } = treefile;
  const languages = installLangs && new Set(installLangs.flatMap((l) => [l, l.split(/[_@.]/)[0]!]));
  return (path, type) => {
    if (type === 'd') return true;
    if (!documentation && DOCUMENTATION.test(path) && !COPYRIGHT.test(path)) return false;
    const locale = languages && LOCALE.exec(path)?.[1];
    return !locale || languages.has(locale) || languages.has(locale.split(/[_@.]/)[0]!);
  };
}
