import { describe, expect, it } from 'vitest';
import { fetchEach } from '../../lib/packages/fetch.ts';
import type { AptHost, FetchedDeb, FetchOptions } from '../../lib/resolution/apt-host.ts';
import type { ResolvedPackage } from '../../lib/resolution/plan.ts';
import { plannedPackage } from '../resolution/support.ts';

const packages = ['a', 'b', 'c', 'd'].map((name) => plannedPackage(name));
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Gives files one at a time, backwards, and stops when it is told to. */
function fakeHost(): Pick<AptHost, 'fetch'> {
  return {
    async fetch(wanted: ResolvedPackage[], options: FetchOptions = {}): Promise<FetchedDeb[]> {
      const debs = wanted.map((item) => ({ package: item, file: `/${item.name}.deb`, sha256: '' }));
      for (const deb of [...debs].reverse()) {
        options.signal?.throwIfAborted();
        options.onFile?.(deb);
        await tick();
      }
      return debs;
    },
  };
}

describe('fetchEach', () => {
  const host = fakeHost() as AptHost;

  it('uses files while others come, not more than told at a time, and keeps the order', async () => {
    let running = 0;
    let most = 0;
    const begun: string[] = [];
    const results = await fetchEach(
      host,
      packages,
      async (deb) => {
        begun.push(deb.package.name);
        most = Math.max(most, ++running);
        for (let n = 0; n < 5; n++) await tick();
        running--;
        return deb.file;
      },
      { parallel: 2 },
    );
    expect(results).toEqual(['/a.deb', '/b.deb', '/c.deb', '/d.deb']);
    expect(begun).toEqual(['d', 'c', 'b', 'a']);
    expect(most).toBe(2);
  });

  it('stops the fetch when a use fails, waits for the others and throws that failure', async () => {
    const failure = new Error('cannot import');
    const finished: string[] = [];
    const run = fetchEach(host, packages, async (deb) => {
      await tick();
      if (deb.package.name === 'c') throw failure;
      for (let n = 0; n < 5; n++) await tick();
      finished.push(deb.package.name);
    });
    await expect(run).rejects.toBe(failure);
    expect(finished).toEqual(['d']);
  });

  it('rejects with the reason of an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = fetchEach(
      host,
      packages,
      async (deb) => {
        if (deb.package.name === 'c') controller.abort(reason);
      },
      { signal: controller.signal },
    );
    await expect(run).rejects.toBe(reason);
  });
});
