import { expect, test } from 'vitest';
import type { ProgressEvent } from '../../lib/monitor/monitor.ts';
import { startTask } from '../../lib/monitor/task.ts';

function record() {
  const events: ProgressEvent[] = [];
  return { events, monitor: { progress: (event: ProgressEvent) => events.push(event), warning() {} } };
}

test('a task tells its start, its progress and its end once', () => {
  const { events, monitor } = record();
  const task = startTask(monitor, 'import', 'items', 'packages', 3);
  task.update(1);
  task.update(3, 3, 'done');
  const seconds = task.end();
  expect(task.end()).toBe(seconds);
  expect(events.map((e) => [e.state, e.done, e.total, e.text])).toEqual([
    ['start', 0, 3, 'packages'],
    ['progress', 1, 3, 'packages'],
    ['progress', 3, 3, 'done'],
    ['end', 3, 3, 'done'],
  ]);
});

test('two tasks of one stage have ids of their own', () => {
  const { events, monitor } = record();
  startTask(monitor, 'fetch', 'bytes');
  startTask(monitor, 'fetch', 'bytes');
  expect(new Set(events.map((e) => e.id)).size).toBe(2);
});
