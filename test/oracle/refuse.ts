/** A script fails on both sides: they agree, and there is nothing to compare. */
export class BothRefuse extends Error {
  override name = 'BothRefuse';
}

/** `PACKAGE.SCRIPT` of which the engine and dpkg say that it failed; null when they do not say the same. */
export function scriptThatFails(ours: string, theirs: string): string | null {
  const [, name, script] = /^error\[ERR_SCRIPT_FAILED\]: (\S+)\.(\w+) /m.exec(ours) ?? [];
  const [, their, kind] =
    /^dpkg: error processing package (\S+?)(?::\w+)? \(.*\n.* (\S+) script subprocess /m.exec(theirs) ?? [];
  if (!name || name !== their) return null;
  return KINDS[script!] === kind ? `${name}.${script}` : null;
}

/** How dpkg calls a script when it tells of its end. */
const KINDS: Record<string, string> = {
  preinst: 'pre-installation',
  postinst: 'post-installation',
  prerm: 'pre-removal',
  postrm: 'post-removal',
};

/** Both results; what failed on one side only is thrown as it came. */
export async function bothMade<T>(
  ours: () => Promise<T>,
  theirs: () => Promise<T>,
): Promise<[ours: T, theirs: T]> {
  const results = [await settled(ours), await settled(theirs)] as const;
  const [mine, other] = results;
  if (mine.status === 'rejected' && other.status === 'rejected') {
    const script = scriptThatFails(String(mine.reason?.message), String(other.reason?.message));
    if (script) throw new BothRefuse(script);
  }
  if (mine.status === 'rejected') throw mine.reason;
  if (other.status === 'rejected') throw other.reason;
  return [mine.value, other.value];
}

const settled = async <T>(work: () => Promise<T>) => (await Promise.allSettled([work()]))[0];
