/** How fast a task goes, over its last seconds: a start that was slow does not weigh for ever. */
export class RateMeter {
  readonly #samples: { at: number; done: number }[] = [];
  readonly #window: number;

  /** @param window milliseconds that count */
  constructor(window = 5000) {
    this.#window = window;
  }

  /** @param at milliseconds of a clock that only goes forward */
  add(at: number, done: number): void {
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - this.#window) this.#samples.shift();
  }

  /** Units per second; 0 while it is not known. */
  get rate(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 100) return 0;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  /** Seconds until `total` is reached at this rate, or null. */
  remaining(total: number): number | null {
    const last = this.#samples.at(-1);
    if (!last || this.rate <= 0 || total <= 0) return null;
    return Math.max(0, (total - last.done) / this.rate);
  }
}
