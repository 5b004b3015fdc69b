import { formatBytes, formatSeconds } from './format.ts';
import type { Monitor, ProgressEvent } from './monitor.ts';
import type { TextSink } from './terminal.ts';

/** How long a task may be silent before it says how far it is. */
const REMINDER_MILLISECONDS = 10_000;

/** A line when a task ends, for logs; a long one also tells how far it is now and then. */
export class PlainMonitor implements Monitor {
  readonly #out: TextSink;
  readonly #now: () => number;
  readonly #tasks = new Map<string, { started: number; told: number }>();

  constructor(out: TextSink, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#now = now;
  }

  progress(event: ProgressEvent): void {
    const at = this.#now();
    const task = this.#tasks.get(event.id) ?? { started: at, told: at };
    this.#tasks.set(event.id, task);
    if (event.state === 'end') {
      this.#tasks.delete(event.id);
      this.#say(event, `done in ${formatSeconds((at - task.started) / 1000)}`);
    } else if (event.state === 'progress' && at - task.told >= REMINDER_MILLISECONDS) {
      task.told = at;
      this.#say(event, amounts(event));
    }
  }

  warning(text: string): void {
    this.#out.write(`warning: ${text}\n`);
  }

  close(): void {}

  #say(event: ProgressEvent, what: string): void {
    this.#out.write(`${event.task}: ${what}${event.text ? ` (${event.text})` : ''}\n`);
  }
}

function amounts({ done, total, unit }: ProgressEvent): string {
  const amount = (n: number) => (unit === 'bytes' ? formatBytes(n) : String(n));
  return total > 0 ? `${amount(done)} of ${amount(total)}` : amount(done);
}
