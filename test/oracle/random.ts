import { aptOutside } from './apt-outside.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';

/** A repeatable stream of numbers in [0, 1) (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** It has an /etc/hosts, so that scripts on both sides find the name of their host from the first on. */
const BASE = 'netbase';

const MIN_PACKAGES = 20;
const MAX_PACKAGES = 200;

/** Names that apt would newly install for a request, or null when it cannot. */
async function installs(names: string[]): Promise<number | null> {
  const apt = await aptOutside(DEFAULT_SUITE);
  const options = ['-s', '-y', '-o', 'APT::Install-Recommends=false', '-o', 'Debug::NoLocking=true'];
  const text = await apt.run('apt-get', [...options, 'install', ...names], '/dev/null').catch(() => null);
  return text === null ? null : (text.match(/^Inst /gm)?.length ?? 0);
}

/** Names of packages in the archive, of some sections or of all. */
async function candidates(sections: readonly string[]): Promise<string[]> {
  const apt = await aptOutside(DEFAULT_SUITE);
  if (sections.length === 0)
    return (await apt.run('apt-cache', ['pkgnames'], '/dev/null')).split('\n').filter(Boolean).sort();
  const stanzas = (await apt.run('apt-cache', ['dumpavail'], '/dev/null')).split('\n\n');
  const field = (stanza: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
  const found = stanzas.filter((stanza) => sections.includes(field(stanza, 'Section')));
  return [...new Set(found.map((stanza) => field(stanza, 'Package')))].sort();
}

/**
 * Draws layers of 20 to 200 packages from the archive, or from sections of it: daemons have more scripts than
 * libraries. The same archive, sections and seed give the same sets.
 */
export async function* drawSets(
  count: number,
  seed: number,
  sections: readonly string[] = [],
): AsyncGenerator<PackageSet> {
  const names = await candidates(sections);
  const next = randomNumbers(seed);
  for (let drawnSets = 0; drawnSets < count; ) {
    const drawn = Array.from(
      { length: 1 + Math.floor(next() * 8) },
      () => names[Math.floor(next() * names.length)]!,
    );
    const size = await installs(drawn);
    if (size === null || size < MIN_PACKAGES || size > MAX_PACKAGES) continue;
    drawnSets += 1;
    yield { name: `random-${seed}-${drawnSets}`, kind: 'layer', base: BASE, packages: drawn };
  }
}
