import type { Monitor, ProgressEvent } from './monitor.ts';
import type { TextSink } from './terminal.ts';

/** One JSON document a line, for programs; a warning is `{"v":1,"warning":"..."}`. */
export class JsonLinesMonitor implements Monitor {
  readonly #out: TextSink;

  constructor(out: TextSink) {
    this.#out = out;
  }

  progress(event: ProgressEvent): void {
    this.#out.write(`${JSON.stringify(event)}\n`);
  }

  warning(warning: string): void {
    this.#out.write(`${JSON.stringify({ v: 1, warning })}\n`);
  }

  close(): void {}
}
