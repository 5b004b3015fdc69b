import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StuckPackage } from '../../../lib/dpkg/configure-queue.ts';
import type { AptOstreeError } from '../../../lib/errors/error.ts';
import { tempDir } from '../../helpers/temp.ts';
import { Model } from './model.ts';
import { buildPackage, type PackageSpec, type TestPackage } from './packages.ts';
import { RealDpkg } from './real-dpkg.ts';

export type Step =
  | { unpack: PackageSpec[]; excluding?: string }
  | { configure: string[] | 'pending'; triggers?: boolean; force?: boolean }
  | { stuck: string[] | 'pending' }
  | { remove: string; force?: boolean }
  | { purge: string; force?: boolean }
  | { write: string; content: string }
  | { delete: string }
  | { divert: string; by: string };

/** The last step of every apt run. */
export const pending: Step = { configure: 'pending' };

/** Real dpkg and the model side by side. */
export class Both {
  readonly model = new Model();
  readonly #real: RealDpkg;
  readonly #debs: string;

  constructor(real: RealDpkg, debs: string) {
    this.#real = real;
    this.#debs = debs;
  }

  /** Lets both do a step, and compares everything that can be seen afterwards. */
  async do(step: Step): Promise<void> {
    const packages = await this.#packages(step);
    await realDoes(this.#real, step, packages);
    await modelDoes(this.model, step, packages);
    if ('stuck' in step) await this.#refused(step.stuck);
    await this.#compare(step);
  }

  /** Lets both do a step that dpkg may refuse. Returns false when both did, and the model then is of no more use. */
  async try(step: Step): Promise<boolean> {
    const packages = await this.#packages(step);
    const told = await refusal(realDoes(this.#real, step, packages));
    const refused = await refusal(modelDoes(this.model, step, packages));
    expect(refused === null, `${JSON.stringify(step)}: ${told} / ${refused}`).toBe(told === null);
    if (told === null) await this.#compare(step);
    return told === null;
  }

  #packages(step: Step): Promise<TestPackage[]> {
    return Promise.all('unpack' in step ? step.unpack.map((spec) => buildPackage(this.#debs, spec)) : []);
  }

  async #compare(step: Step): Promise<void> {
    const [expected, actual] = [await this.#real.seen(), this.model.seen()];
    const label = JSON.stringify(step);
    expect(actual.scripts, label).toEqual(expected.scripts);
    expect(actual.admin, label).toEqual(expected.admin);
    expect(actual.tree, label).toEqual(expected.tree);
  }

  async #refused(names: string[] | 'pending'): Promise<void> {
    const told = await this.#real.refusal('--configure', ...(names === 'pending' ? ['--pending'] : names));
    const error: AptOstreeError | null = await this.model.configure(names === 'pending' ? null : names).then(
      () => null,
      (refused) => refused,
    );
    expect(error).toMatchObject({ code: 'ERR_CONFIGURE_STUCK' });
    for (const { reasons } of error!.details as StuckPackage[]) expect(told).toContain(reasons);
  }
}

/** Lets both do one step after another on systems of their own. */
export async function bothDo(steps: Step[], architectures: string[] = []): Promise<void> {
  await using dir = await tempDir('dpkg');
  const both = new Both(await RealDpkg.create(dir.file('root'), architectures), dir.file('debs'));
  for (const step of steps) await both.do(step);
}

async function realDoes(real: RealDpkg, step: Step, packages: TestPackage[]): Promise<void> {
  if ('unpack' in step) {
    const options = step.excluding === undefined ? [] : [`--path-exclude=${step.excluding}`];
    const debs = packages.map(({ deb }) => deb);
    await real.call('--no-triggers', '--auto-deconfigure', ...options, '--unpack', ...debs);
  } else if ('configure' in step) {
    const names = step.configure === 'pending' ? ['--pending'] : step.configure;
    const options = step.triggers === false ? ['--no-triggers'] : [];
    await real.call(...options, ...forced(step), '--configure', ...names);
  } else if ('remove' in step) await real.call('--no-triggers', ...forced(step), '--remove', step.remove);
  else if ('purge' in step) await real.call('--no-triggers', ...forced(step), '--purge', step.purge);
  else if ('write' in step) await writeFile(join(real.root, step.write), step.content);
  else if ('delete' in step) await rm(join(real.root, step.delete), { recursive: true });
  else if ('divert' in step) await real.divert(step.divert, step.by);
}

async function modelDoes(model: Model, step: Step, packages: TestPackage[]): Promise<void> {
  if ('unpack' in step) await model.unpack(packages, step.excluding);
  else if ('configure' in step)
    await model.configure(step.configure === 'pending' ? null : step.configure, step);
  else if ('remove' in step) await model.remove(step.remove, 'deinstall');
  else if ('purge' in step) await model.remove(step.purge, 'purge');
  else if ('write' in step) model.tree.set(step.write, { type: 'file', content: step.content });
  else if ('delete' in step) await model.tree.remove(step.delete);
  else if ('divert' in step) model.divert(step.divert, step.by);
}

function refusal(work: Promise<void>): Promise<string | null> {
  return work.then(
    () => null,
    (error: Error) => error.message,
  );
}

function forced({ force }: { force?: boolean }): string[] {
  return force ? ['--force-depends'] : [];
}
