/** Sets that every run checks. */
const ALWAYS = ['minbase', 'server', 'standard', 'ssh-nginx'];
/** How many of the others a run checks besides. */
const A_DAY = 3;

const DAY = 86_400_000;

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / DAY);
}

/** The names to check on a day: some always, and of the rest three, so that all come in turn. */
export function chosenFor(date: Date, names: readonly string[]): string[] {
  const others = names.filter((name) => !ALWAYS.includes(name));
  const first = dayOfYear(date) * A_DAY;
  const turn = Array.from({ length: A_DAY }, (_, i) => others[(first + i) % others.length]!);
  return [...ALWAYS, ...new Set(turn)];
}
