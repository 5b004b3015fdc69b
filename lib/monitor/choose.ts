import { JsonLinesMonitor } from './jsonl.ts';
import { type Monitor, silentMonitor } from './monitor.ts';
import { PlainMonitor } from './plain.ts';
import { TerminalMonitor, type TextSink } from './terminal.ts';

export const PROGRESS_STYLES = ['auto', 'tty', 'plain', 'jsonl', 'none'] as const;
export type ProgressStyle = (typeof PROGRESS_STYLES)[number];

/** What a renderer must know of the stream it writes to. */
export interface ProgressStream extends TextSink {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

export interface ClosableMonitor extends Monitor {
  /** Leaves the stream as it found it. Safe to call twice. */
  close(): void;
}

/** The renderer for a style; `auto` is a bar on a terminal and lines elsewhere. `none` still tells warnings. */
export function chooseMonitor(style: ProgressStyle, stream: ProgressStream): ClosableMonitor {
  switch (style) {
    case 'auto':
      return chooseMonitor(stream.isTTY ? 'tty' : 'plain', stream);
    case 'tty':
      return new TerminalMonitor(stream, () => stream.columns ?? 80);
    case 'plain':
      return new PlainMonitor(stream);
    case 'jsonl':
      return new JsonLinesMonitor(stream);
    case 'none':
      return { ...silentMonitor, warning: (text) => stream.write(`warning: ${text}\n`), close() {} };
  }
}
