import { formatBytes, formatSeconds } from './format.ts';
import type { Monitor, ProgressEvent } from './monitor.ts';
import { RateMeter } from './rate.ts';

/** Where a renderer writes: stderr, or a test. */
export interface TextSink {
  write(text: string): void;
}

interface ShownTask {
  event: ProgressEvent;
  started: number;
  meter: RateMeter;
}

const BAR = 24;
/** Redraws at most this often, so that ten thousand files do not cost ten thousand writes. */
const REDRAW_MILLISECONDS = 100;

/**
 * One line at the bottom of a terminal for the task that was started last, with rate and remaining time; a task that
 * ends leaves a line with its time behind.
 */
export class TerminalMonitor implements Monitor {
  readonly #out: TextSink;
  readonly #columns: () => number;
  readonly #now: () => number;
  readonly #tasks = new Map<string, ShownTask>();
  #drawn = 0;
  #shown = false;

  constructor(out: TextSink, columns: () => number = () => 80, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#columns = columns;
    this.#now = now;
  }

  progress(event: ProgressEvent): void {
    const at = this.#now();
    const task = this.#tasks.get(event.id) ?? { event, started: at, meter: new RateMeter() };
    this.#tasks.set(event.id, task);
    task.event = event;
    task.meter.add(at, event.done);
    if (event.state === 'end') {
      this.#tasks.delete(event.id);
      this.#line(
        `${event.task.padEnd(9)} ${formatSeconds((at - task.started) / 1000).padStart(8)}  ${event.text}`,
      );
    }
    if (event.state !== 'progress' || at - this.#drawn >= REDRAW_MILLISECONDS) this.#draw(at);
  }

  warning(text: string): void {
    this.#line(`warning: ${text}`);
    this.#draw(this.#now());
  }

  /** Takes the line away; results may be printed then. */
  close(): void {
    this.#tasks.clear();
    this.#erase();
  }

  #line(text: string): void {
    this.#erase();
    this.#out.write(`${this.#fit(text)}\n`);
  }

  #draw(at: number): void {
    const task = [...this.#tasks.values()].at(-1);
    this.#erase();
    if (!task) return;
    this.#drawn = at;
    this.#shown = true;
    this.#out.write(this.#fit(describe(task)));
  }

  #erase(): void {
    if (this.#shown) this.#out.write('\r\x1b[K');
    this.#shown = false;
  }

  #fit(text: string): string {
    const plain = text.replace(/[\x00-\x1f\x7f]/g, '?');
    const columns = Math.max(20, this.#columns() - 1);
    return plain.length > columns ? `${plain.slice(0, columns - 1)}…` : plain;
  }
}

function describe({ event, meter }: ShownTask): string {
  const amount = (n: number) => (event.unit === 'bytes' ? formatBytes(n) : String(n));
  const parts = [event.task.padEnd(9)];
  if (event.total > 0) {
    const share = Math.min(1, event.done / event.total);
    const filled = Math.round(share * BAR);
    parts.push(
      `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]`,
      `${Math.floor(share * 100)}%`.padStart(4),
    );
    parts.push(`${amount(event.done)}/${amount(event.total)}`);
  } else if (event.done > 0) parts.push(amount(event.done));
  if (meter.rate > 0)
    parts.push(event.unit === 'bytes' ? `${formatBytes(meter.rate)}/s` : `${perSecond(meter.rate)}/s`);
  const left = meter.remaining(event.total);
  if (left !== null && left >= 1)
    parts.push(`${formatSeconds(Math.round(left)).replace(/\.0+ s/, ' s')} left`);
  if (event.text) parts.push(event.text);
  return parts.join(' ');
}

function perSecond(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}
