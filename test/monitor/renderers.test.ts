import { expect, test } from 'vitest';
import { chooseMonitor } from '../../lib/monitor/choose.ts';
import { formatBytes, formatSeconds } from '../../lib/monitor/format.ts';
import type { ProgressEvent } from '../../lib/monitor/monitor.ts';
import { PlainMonitor } from '../../lib/monitor/plain.ts';
import { RateMeter } from '../../lib/monitor/rate.ts';
import { TerminalMonitor } from '../../lib/monitor/terminal.ts';

function sink() {
  const written: string[] = [];
  return { written, write: (text: string) => void written.push(text), text: () => written.join('') };
}

function event(
  state: ProgressEvent['state'],
  done: number,
  rest: Partial<ProgressEvent> = {},
): ProgressEvent {
  return {
    v: 1,
    task: 'fetch',
    id: 'f1',
    state,
    done,
    total: 4_000_000,
    unit: 'bytes',
    text: 'nginx',
    ...rest,
  };
}

/** What a terminal shows in the end: erased lines are gone. */
function screen(text: string): string[] {
  return text.split('\n').map((line) => line.split('\r\x1b[K').at(-1)!);
}

test('sizes and times are short and never say 1000 kB', () => {
  expect([0, 999, 1000, 999_499, 999_500, 1_234_567, 123_456_789, 5e15].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '999 kB',
    '1.0 MB',
    '1.2 MB',
    '123 MB',
    '5000 TB',
  ]);
  expect([0, 0.1234, 9.99, 9.996, 61.24, 185, 3600].map(formatSeconds)).toEqual([
    '0.00 s',
    '0.12 s',
    '9.99 s',
    '10.0 s',
    '61.2 s',
    '3 min 05 s',
    '60 min 00 s',
  ]);
});

test('the rate is that of the last seconds', () => {
  const meter = new RateMeter(1000);
  expect(meter.rate).toBe(0);
  meter.add(0, 0);
  meter.add(10_000, 100);
  meter.add(10_500, 1100);
  meter.add(11_000, 2100);
  expect(meter.rate).toBe(2000);
  expect(meter.remaining(4100)).toBe(1);
  expect(meter.remaining(0)).toBeNull();
});

test('the terminal shows bar, rate and remaining time, and a line for what is done', () => {
  const out = sink();
  let now = 0;
  const monitor = new TerminalMonitor(
    out,
    () => 100,
    () => now,
  );
  monitor.progress(event('start', 0));
  now = 1000;
  monitor.progress(event('progress', 1_000_000));
  expect(screen(out.text()).at(-1)).toBe(
    'fetch     [######..................]  25% 1.0 MB/4.0 MB 1.0 MB/s 3 s left nginx',
  );
  now = 1010;
  const before = out.written.length;
  monitor.progress(event('progress', 1_000_001));
  expect(out.written.length).toBe(before);
  monitor.warning('careful');
  now = 4000;
  monitor.progress(event('end', 4_000_000, { text: '3 packages' }));
  monitor.close();
  expect(screen(out.text())).toEqual(['warning: careful', 'fetch       4.00 s  3 packages', '']);
});

test('a line never exceeds the terminal and no control character gets through', () => {
  const out = sink();
  const monitor = new TerminalMonitor(
    out,
    () => 40,
    () => 0,
  );
  monitor.progress(event('start', 0, { text: `\x1b]0;evil\x07${'x'.repeat(99)}` }));
  expect(out.text()).not.toContain('\x1b]');
  expect(out.text().length).toBe(39);
});

test('plain lines tell the end of a task, and a long task now and then', () => {
  const out = sink();
  let now = 0;
  const monitor = new PlainMonitor(out, () => now);
  monitor.progress(event('start', 0));
  now = 500;
  monitor.progress(event('progress', 1_000_000));
  now = 10_500;
  monitor.progress(event('progress', 2_000_000));
  now = 12_000;
  monitor.progress(event('end', 4_000_000, { text: '' }));
  expect(out.text()).toBe('fetch: 2.0 MB of 4.0 MB (nginx)\nfetch: done in 12.0 s\n');
});

test('jsonl prints each event as one line, in the documented form', () => {
  const out = sink();
  const monitor = chooseMonitor('jsonl', out);
  monitor.progress(event('start', 0));
  monitor.warning('two\nlines');
  expect(
    out
      .text()
      .split('\n')
      .slice(0, 2)
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      v: 1,
      task: 'fetch',
      id: 'f1',
      state: 'start',
      done: 0,
      total: 4_000_000,
      unit: 'bytes',
      text: 'nginx',
    },
    { v: 1, warning: 'two\nlines' },
  ]);
});

test('auto is a bar on a terminal and lines elsewhere; none still warns', () => {
  expect(chooseMonitor('auto', { ...sink(), isTTY: true })).toBeInstanceOf(TerminalMonitor);
  expect(chooseMonitor('auto', sink())).toBeInstanceOf(PlainMonitor);
  const out = sink();
  const none = chooseMonitor('none', out);
  none.progress(event('start', 0));
  none.warning('careful');
  expect(out.text()).toBe('warning: careful\n');
});
