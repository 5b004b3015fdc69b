import { runCli } from '../../lib/cli/run.ts';
import type { RunOptions } from '../../lib/monitor/monitor.ts';
import type { SystemOptions } from '../../lib/system/requests.ts';
import type { ComposeResult, DeploymentStatus } from '../../lib/system/results.ts';
import { type AptOstreeSystem, SYSTEM_METHODS, type SystemMethod } from '../../lib/system/types.ts';

type Answer = unknown | ((options: never, run: RunOptions) => unknown);

export interface Call {
  method: SystemMethod;
  options: unknown;
}

/** Runs a command line on an engine that only knows these answers, and tells all that can be seen of it. */
export async function cli(
  line: string,
  answers: Partial<Record<SystemMethod, Answer>> = {},
  world: { confirm?: (question: string) => Promise<boolean>; signal?: AbortSignal; isTTY?: boolean } = {},
) {
  const seen = { stdout: '', stderr: '', calls: [] as Call[], opened: [] as SystemOptions[], closed: 0 };
  const methods = SYSTEM_METHODS.map((method) => [
    method,
    async (options: unknown, run: RunOptions) => {
      seen.calls.push({ method, options });
      const answer = answers[method];
      return typeof answer === 'function' ? answer(options, run) : answer;
    },
  ]);
  const system = {
    ...Object.fromEntries(methods),
    async [Symbol.asyncDispose]() {
      seen.closed++;
    },
  } as AptOstreeSystem;
  const exit = await runCli(line.split(' ').filter(Boolean), {
    stdout: {
      write(text) {
        seen.stdout += text;
      },
    },
    stderr: {
      write(text) {
        seen.stderr += text;
      },
      isTTY: world.isTTY,
      columns: 80,
    },
    open: async (options) => {
      seen.opened.push(options);
      return system;
    },
    confirm: world.confirm ?? null,
    signal: world.signal ?? new AbortController().signal,
    version: '1.2.3',
  });
  return { exit, ...seen };
}

export const composed: ComposeResult = {
  ref: 'debian/web',
  commit: 'c'.repeat(64),
  base: 'b'.repeat(64),
  unchanged: false,
  packages: [
    { name: 'nginx', version: '1.22', architecture: 'amd64', sha256: 'a'.repeat(64), action: 'install' },
    { name: 'libc6', version: '2.36', architecture: 'amd64', sha256: 'a'.repeat(64), action: 'upgrade' },
    { name: 'vim', version: '9', architecture: 'amd64', sha256: '', action: 'remove' },
  ],
  scripts: [
    {
      package: 'nginx',
      script: 'postinst',
      args: ['configure', ''],
      state: 'succeeded',
      exit: 0,
      seconds: 0.1,
      cached: false,
      changed: [],
    },
    {
      package: 'libc6',
      script: 'postinst',
      args: ['configure', '2'],
      state: 'succeeded',
      exit: 0,
      seconds: 0,
      cached: true,
      changed: [],
    },
  ],
  stats: {
    seconds: { resolve: 0.5, fetch: 0, import: 1.25, assemble: 0.1, scripts: 2, commit: 0.25, total: 4.1 },
    objects: { written: 1234, reused: 56 },
    bytesWritten: 7_800_000,
    peakRss: 123_000_000,
  },
};

export const deployment: DeploymentStatus = {
  id: `debian-${'c'.repeat(64)}.0`,
  osname: 'debian',
  checksum: 'c'.repeat(64),
  serial: 0,
  version: '12.1',
  timestamp: 1_700_000_000,
  booted: true,
  staged: false,
  pinned: false,
  unlocked: 'none',
  origin: 'debian/server',
  'base-checksum': 'b'.repeat(64),
  'base-version': '12.1',
  'base-timestamp': 1_700_000_000,
  'requested-packages': ['nginx', 'vim'],
  'requested-local-packages': [],
  packages: ['nginx_1.22_amd64'],
  'requested-base-removals': [],
  'base-removals': ['nano'],
  'requested-base-local-replacements': [],
  'base-local-replacements': [],
  'requested-skipped-scripts': ['nginx.postinst', 'vim.postrm'],
  'skipped-scripts': ['nginx.postinst'],
  'regenerate-initramfs': false,
  kargs: ['quiet'],
};
