import type { Monitor, ProgressEvent } from './monitor.ts';

/** A running stage: reports how far it is, and its own time. */
export interface Task {
  update(done: number, total?: number, text?: string): void;
  /** Ends the task and returns its seconds. Safe to call twice. */
  end(text?: string): number;
}

let next = 1;

export function startTask(
  monitor: Monitor | undefined,
  task: string,
  unit: ProgressEvent['unit'],
  text = '',
  total = 0,
): Task {
  const id = `${task}-${next++}`;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const last = { done: 0, total, text, ended: -1 };
  const send = (state: ProgressEvent['state']) =>
    monitor?.progress({ v: 1, task, id, state, done: last.done, total: last.total, unit, text: last.text });
  send('start');
  return {
    update(done, newTotal = last.total, newText = last.text) {
      Object.assign(last, { done, total: newTotal, text: newText });
      send('progress');
    },
    end(newText = last.text) {
      if (last.ended >= 0) return last.ended;
      last.ended = seconds();
      last.text = newText;
      send('end');
      return last.ended;
    },
  };
}
