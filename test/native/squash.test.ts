import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSandbox, scanLayer, squash } from '../../lib/native/sandbox.ts';
import { type SmallWork, smallWork } from './small-root.ts';

let work: SmallWork;
beforeAll(async () => {
  work = await smallWork();
});
afterAll(async () => {
  await work[Symbol.asyncDispose]();
});

/** Runs a script over layers and returns its upper folder. */
async function layer(lowers: string[], script: string): Promise<string> {
  const request = await work.request(script, { lowers: [...lowers, work.root] });
  expect((await runSandbox(request)).exit).toBe(0);
  return request.upper;
}

/**
 * All that can be seen of /t over these layers: also what a directory lists and look-ups deny. Link counts aside: a
 * name that is hidden counts, one that was removed by the squash does not.
 */
async function view(lowers: string[]): Promise<string> {
  const script = `cd /t; find . | sort | while read -r f; do
    stat -c '%n %F %a %u:%g %N' "$f" || echo "LISTED, BUT MISSING: $f"
    [ -f "$f" ] && cat "$f"; done; true`;
  const request = await work.request(script, { lowers: [...lowers, work.root] });
  const outcome = await runSandbox(request);
  expect(outcome).toMatchObject({ exit: 0, outputTruncated: false });
  return outcome.tail;
}

const copy = (from: string) => {
  const to = `${from}-copy-${Math.random()}`;
  execFileSync('cp', ['-a', from, to]);
  return to;
};

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const step = fc.oneof(
  path.map((p) => `mkdir -p ${p}`),
  fc.tuple(path, fc.nat(99)).map(([p, n]) => `echo ${n} > ${p}`),
  path.map((p) => `rm -rf ${p}`),
  path.map((p) => `rm -rf ${p}; mkdir -p ${p}`),
  fc.tuple(path, fc.nat(99)).map(([p, n]) => `rm -rf ${p}; echo ${n} > ${p}`),
  fc.tuple(path, name).map(([p, t]) => `rm -rf ${p}; ln -s ${t} ${p}`),
  fc.tuple(path, path).map(([a, b]) => `mv ${a} ${b}`),
  fc.tuple(path, path).map(([a, b]) => `ln ${a} ${b}`),
  fc.tuple(path, fc.constantFrom('700', '2755', '1777', '640')).map(([p, m]) => `chmod ${m} ${p}`),
  fc.tuple(path, fc.nat(9)).map(([p, n]) => `chown ${n}:${n} ${p}`),
);
const steps = fc.array(step, { minLength: 2, maxLength: 8 });
const script = (all: string[]) => `mkdir -p /t && cd /t && { ${all.join('; ')}; } 2>/dev/null; true`;

/** A layer that the engine wrote by itself: plain directories without any of overlayfs' marks. */
async function plainLayer(all: string[]): Promise<string> {
  const request = await work.request('');
  execFileSync('sh', ['-c', `mkdir -p t && cd t && { ${all.join('; ')}; } 2>/dev/null; true`], {
    cwd: request.upper,
  });
  return request.upper;
}

test('the squashed layer shows what both showed, over any lower layers', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), steps, steps, steps, async (rest, plain, first, second, third) => {
      const base = await plainLayer(rest);
      const low = plain ? await plainLayer(first) : await layer([base], script(first));
      const middle = await layer([low, base], script(second));
      const top = await layer([middle, low, base], script(third));
      const expected = await view([top, middle, low, base]);

      // From below, and from above: the order of squashing must not matter.
      const lowA = copy(low);
      await squash(copy(middle), lowA);
      expect(await view([top, lowA, base])).toBe(expected);
      await squash(copy(top), lowA);
      expect(await view([lowA, base])).toBe(expected);

      const [middleB, lowB] = [copy(middle), copy(low)];
      const topB = copy(top);
      await squash(topB, middleB);
      expect(await readdir(topB)).toEqual([]);
      await squash(middleB, lowB);
      expect(await view([lowB, base])).toBe(expected);
    }),
    { numRuns: Number(process.env.SQUASH_RUNS ?? 40) },
  );
});

test('whiteouts, opaque directories and attributes survive; files are moved, not copied', async () => {
  const low = await layer([], 'mkdir -p /t/dir /t/gone; echo 1 > /t/dir/old; echo 1 > /t/gone/x');
  const up = await layer(
    [low],
    'rm -rf /t/dir /t/gone; mkdir /t/dir; echo 2 > /t/dir/new; rm /etc/passwd; chmod 1755 /t',
  );
  const before = new Map((await scanLayer(up)).map((e) => [e.path, e]));
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', join(up, 't')]);
  await squash(up, low);
  const after = new Map((await scanLayer(low)).map((e) => [e.path, e]));
  expect([...after.keys()]).toEqual(['/', '/etc', '/etc/passwd', '/t', '/t/dir', '/t/dir/new', '/t/gone']);
  expect(after.get('/t')).toMatchObject({ mode: 0o1755, xattrs: ['user.note'] });
  expect(after.get('/t/dir')).toMatchObject({ opaque: true });
  expect(after.get('/etc/passwd')!.type).toBe('whiteout');
  expect(after.get('/t/dir/new')).toEqual(before.get('/t/dir/new'));
});

test('a whiteout that hides nothing any more is not listed', async () => {
  const { upper: low } = await work.request('');
  await mkdir(join(low, 'fresh'));
  await writeFile(join(low, 'fresh/file'), '');
  const up = await layer([low], 'rm /fresh/file; mkdir /fresh/sub');
  const merged = join(work.dir, 'merged-low');
  await cp(low, merged, { recursive: true });
  await squash(up, merged);
  const request = await work.request('ls -A /fresh; ls -l /fresh/file', { lowers: [merged, work.root] });
  expect((await runSandbox(request)).tail).toBe('sub\nls: /fresh/file: No such file or directory\n');
});
