// An engine without an engine: runs behind the real message channel in tests of lib/system/remote.
import { AptOstreeError } from '../../dist/errors/error.js';
import { serveChild } from '../../dist/native/child-server.js';
import { engineMethods } from '../../dist/system/remote/remote-serve.js';

const actions = {
  echo: (value) => value,
  report(_, { monitor }) {
    const event = {
      v: 1,
      task: 'import',
      id: 'i1',
      state: 'progress',
      done: 1,
      total: 2,
      unit: 'items',
      text: 'x',
    };
    monitor.progress(event);
    monitor.warning('careful');
    return 'reported';
  },
  ask: (value, { decideScript }) => decideScript(value),
  fail: () => {
    throw new AptOstreeError('ERR_TREEFILE', 'a.yaml:1:1: no', { hint: 'look', details: { line: 1 } });
  },
  bug: () => {
    throw new TypeError('undefined is not a function');
  },
  crash() {
    process.stderr.write('OSTree:ERROR: assertion failed\n', () => process.kill(process.pid, 'SIGSEGV'));
    return new Promise(() => {});
  },
  exit: () => process.exit(3),
  wait: (_, { signal, monitor }) =>
    new Promise((_resolve, reject) => {
      monitor.warning('waiting');
      const timer = setInterval(() => {}, 1000);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        monitor.warning('cleaned up');
        reject(signal.reason);
      });
    }),
};

const open = async (options) => {
  if (options.os === 'refused') throw new AptOstreeError('ERR_NO_DEPLOYMENT', 'nothing there');
  return {
    status: async ({ action, value }, run) => actions[action](value, run),
    why: async () => ({ pid: process.pid, options }),
    [Symbol.asyncDispose]: async () => {},
  };
};

serveChild(engineMethods(open));
