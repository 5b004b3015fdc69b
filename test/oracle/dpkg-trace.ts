import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controlFields } from './control-fields.ts';
import type { Entry } from './snapshot.ts';

/** One call of dpkg, or of a tool of its, within a test. */
export interface Step {
  test: string;
  tool: 'dpkg' | 'dpkg-divert' | 'dpkg-query';
  args: string[];
  /** What it read, where the call reads. */
  input: string | null;
  /** What dpkg-query answered. */
  output: string | null;
  errors: string;
  /** SHA-256 of each .deb among the arguments, or in the folders among them, in the order in which dpkg takes them. */
  debs: Record<string, string>;
  status: number;
  /** Names of states. */
  before: string;
  after: string;
}

/** What stood below the root and in the admin directory. `inode` is the first name of a hardlink group. */
export interface State {
  tree: Entry[];
  database: Entry[];
}

/** A state in which nothing was left to do, and the packages that led to it. */
export interface GoldenCase {
  test: string;
  /** Number of the step within its test, from 0. */
  step: number;
  /** SHA-256 of the .debs of all installed packages, in the order in which dpkg last unpacked them. */
  debs: string[];
  /** The steps from an empty root, this one included. */
  history: Step[];
  /** Whether the test wrote into the root or the database beside dpkg, as a user would. */
  edited: boolean;
  state: string;
}

export interface Trace {
  steps: Step[];
  state(name: string): Promise<State>;
  blob(content: string): Promise<Buffer>;
  /** The file of a blob. */
  blobFile(content: string): string;
  deb(sha256: string): string;
  cases(): Promise<GoldenCase[]>;
}

const FINAL = new Set(['install ok installed', 'deinstall ok config-files', 'purge ok not-installed']);

interface Stanza {
  package: string;
  status: string;
}

function stanzas(status: string): Stanza[] {
  const value = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return status
    .split('\n\n')
    .filter((text) => text.trim() !== '')
    .map((text) => ({
      package: `${value(text, 'Package')} ${value(text, 'Version')} ${value(text, 'Architecture')}`,
      status: value(text, 'Status'),
    }));
}

class TraceFolder implements Trace {
  readonly steps: Step[];
  readonly #dir: string;

  constructor(dir: string, steps: Step[]) {
    this.#dir = dir;
    this.steps = steps;
  }

  async state(name: string): Promise<State> {
    return JSON.parse(await readFile(join(this.#dir, 'states', name), 'utf8')) as State;
  }

  blob(content: string): Promise<Buffer> {
    return readFile(this.blobFile(content));
  }

  blobFile(content: string): string {
    return join(this.#dir, 'blobs', content);
  }

  deb(sha256: string): string {
    return join(this.#dir, 'debs', sha256);
  }

  async #packages(name: string): Promise<Stanza[]> {
    const { database } = await this.state(name);
    const status = database.find((entry) => entry.path === '/status');
    return status?.content ? stanzas((await this.blob(status.content)).toString()) : [];
  }

  async cases(): Promise<GoldenCase[]> {
    const cases: GoldenCase[] = [];
    for (const test of new Set(this.steps.map((step) => step.test)))
      cases.push(...(await this.#casesOf(test)));
    return cases;
  }

  /** Follows one test: which .deb brought each installed package, and where everything was at rest. */
  async #casesOf(test: string): Promise<GoldenCase[]> {
    const steps = this.steps.filter((step) => step.test === test);
    const origin = new Map<string, string>();
    const cases: GoldenCase[] = [];
    let edited = false;
    for (const [index, step] of steps.entries()) {
      edited ||= index > 0 && steps[index - 1]!.after !== step.before;
      const packages = await this.#packages(step.after);
      const installed = packages
        .filter(({ status }) => status.startsWith('install ok'))
        .map((found) => found.package);
      for (const sha256 of Object.values(step.debs)) {
        const name = await this.#identity(sha256);
        origin.delete(name);
        origin.set(name, sha256);
      }
      if (step.status !== 0 || !packages.every(({ status }) => FINAL.has(status))) continue;
      const debs = [...origin].filter(([name]) => installed.includes(name)).map(([, sha256]) => sha256);
      if (debs.length < installed.length) continue;
      cases.push({ test, step: index, debs, history: steps.slice(0, index + 1), edited, state: step.after });
    }
    return cases;
  }

  readonly #identities = new Map<string, string>();

  async #identity(sha256: string): Promise<string> {
    const known = this.#identities.get(sha256);
    if (known !== undefined) return known;
    const fields = await controlFields(this.deb(sha256));
    const name = `${fields.Package} ${fields.Version} ${fields.Architecture}`;
    this.#identities.set(sha256, name);
    return name;
  }
}

/** Opens a trace that `traceSuite` wrote. */
export async function readTrace(dir: string): Promise<Trace> {
  const text = await readFile(join(dir, 'trace.jsonl'), 'utf8');
  const steps = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Step);
  return new TraceFolder(dir, steps);
}
