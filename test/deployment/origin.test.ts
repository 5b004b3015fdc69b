import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyOrigin, formatOrigin, isLayered, parseOrigin } from '../../lib/deployment/origin.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9+.:=/~ ;\\-]{0,12}[a-z]$/);
const words = fc.uniqueArray(word, { maxLength: 4 }).map((list) => list.sort());

describe('origin', () => {
  test('of a host without changes follows its ref', () => {
    const text = formatOrigin(emptyOrigin('debian/bookworm/amd64/server'));
    expect(text).toBe('[origin]\nrefspec=debian/bookworm/amd64/server\n');
    expect(isLayered(parseOrigin(text))).toBe(false);
  });

  test('of a layered host is none that plain ostree would follow', () => {
    const origin = {
      ...emptyOrigin('debian:server'),
      packages: ['nginx', 'hello=2.10-3'],
      removals: ['sudo'],
    };
    expect(formatOrigin(origin)).toBe(
      '[origin]\nbaserefspec=debian:server\n\n[packages]\nrequested=hello=2.10-3;nginx;\n\n[overrides]\nremove=sudo;\n',
    );
  });

  test('comes back as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(word, words, words, fc.boolean(), (refspec, packages, removals, regenerateInitramfs) => {
        const origin = {
          ...emptyOrigin(refspec),
          packages,
          removals,
          localPackages: packages,
          skipScripts: removals,
          regenerateInitramfs,
        };
        expect(parseOrigin(formatOrigin(origin))).toEqual(origin);
      }),
    );
  });

  test('keeps keys of others, but not libostree’s notes about one deployment', () => {
    const text =
      '# c\n[origin]\nrefspec=x\ncustom-url=u\n\n[rpmostree]\na=b\n\n[libostree-transient]\npinned=true\n';
    expect(formatOrigin(parseOrigin(text))).toBe('[origin]\nrefspec=x\ncustom-url=u\n\n[rpmostree]\na=b\n');
  });

  test('that names nothing to follow is refused', () => {
    expect(() => parseOrigin('[origin]\n')).toThrow(/names no refspec/);
    expect(() => parseOrigin('refspec=x\n')).toThrow(/odd line/);
  });
});
