import { serveChild } from '../../native/child-server.ts';
import { openEngine } from '../engine.ts';
import { engineMethods } from './remote-serve.ts';

// The process that `remote.ts` starts.
serveChild(engineMethods(openEngine));
