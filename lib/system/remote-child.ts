import { openEngine } from './engine.ts';
import type { ToEngine } from './remote-messages.ts';
import { serveEngine } from './remote-serve.ts';

// The process that `remote.ts` starts: the engine behind the IPC channel of its parent.
await serveEngine(openEngine, {
  send: (message) => {
    if (process.connected) process.send?.(message);
  },
  onMessage: (listener) => process.on('message', (message) => listener(message as ToEngine)),
  onDisconnect: (listener) => process.once('disconnect', listener),
});
// Only this side disconnects: after a disconnect of its own, Node's parent never emits `close` (v20.20).
if (process.connected) process.disconnect();
