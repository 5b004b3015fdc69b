import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { tempDir } from '../helpers/temp.ts';

// Compiled: a worker of Node 20 does not read TypeScript.
const module = join(import.meta.dirname, '../../dist/native/repo.js');

const LIST = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(async ({ openRepo }) => {
    const repo = await openRepo(workerData.path);
    parentPort.postMessage(await repo.listRefs());
    repo.close();
  });`;

const LEAVE = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(async ({ openRepo }) => {
    const repo = await openRepo(workerData.path);
    await repo.transaction();
    parentPort.postMessage('open');
    for (;;) await repo.listRefs();
  });`;

interface Started {
  worker: Worker;
  message: unknown;
  /** Listened for from the start: message and exit may be told in one go. */
  ended: Promise<unknown>;
}

function inWorker(script: string, path: string): Promise<Started> {
  const worker = new Worker(script, { eval: true, workerData: { module, path } });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  return new Promise((resolve, reject) => {
    worker.once('message', (message) => resolve({ worker, message, ended }));
    worker.once('error', reject);
  });
}

// GLib registers its types once a process: a library that is unloaded with its worker takes the next one with it.
it('loads in one worker after another', async () => {
  await using dir = await tempDir('worker');
  (await openRepo(dir.file('repo'), { create: 'bare' })).close();
  for (let round = 0; round < 3; round++) {
    const { message, ended } = await inWorker(LIST, dir.file('repo'));
    expect(message).toEqual({});
    expect(await ended).toBe(0);
  }
});

it('outlives workers that are terminated in the midst of an operation', async () => {
  await using dir = await tempDir('worker');
  await using repo = await openRepo(dir.file('repo'), { create: 'bare' });
  for (let round = 0; round < 3; round++) {
    const { worker } = await inWorker(LEAVE, dir.file('repo'));
    await worker.terminate();
  }
  expect(await repo.listRefs()).toEqual({});
});
