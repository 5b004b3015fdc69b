import { describe, expect, it } from 'vitest';
import { BothRefuse, bothMade, scriptThatFails } from './refuse.ts';

const ours = (script: string) => `apt-ostree ended with 1
error[ERR_SCRIPT_FAILED]: ${script} configure '' (1.0) failed with exit status 1
hint: see the whole output in some.log`;
const theirs = (name: string, kind: string) => `bwrap ended with 100
Setting up ${name} (1.0) ...
dpkg: error processing package ${name} (--configure):
 installed ${name.replace(/:.*/, '')} package ${kind} script subprocess returned error exit status 1`;
const fails = (message: string) => async (): Promise<never> => {
  throw new Error(message);
};

describe('a script that fails on both sides', () => {
  it('is the one of which both tell', () => {
    expect(scriptThatFails(ours('fresh.postinst'), theirs('fresh', 'post-installation'))).toBe(
      'fresh.postinst',
    );
    expect(scriptThatFails(ours('libfresh.preinst'), theirs('libfresh:amd64', 'pre-installation'))).toBe(
      'libfresh.preinst',
    );
  });

  it('is not another one, nor any other failure', () => {
    const postinst = theirs('fresh', 'post-installation');
    expect(scriptThatFails(ours('other.postinst'), postinst)).toBeNull();
    expect(scriptThatFails(ours('fresh.preinst'), postinst)).toBeNull();
    expect(scriptThatFails('error[ERR_FETCH]: no network', postinst)).toBeNull();
    expect(scriptThatFails(ours('fresh.postinst'), 'E: Unable to fetch some archives')).toBeNull();
    expect(scriptThatFails('', '')).toBeNull();
  });

  it('is agreement, and a failure of one side alone is none', async () => {
    const [mine, other] = [fails(ours('fresh.postinst')), fails(theirs('fresh', 'post-installation'))];
    await expect(bothMade(mine, other)).rejects.toThrow(BothRefuse);
    await expect(bothMade(mine, async () => 'root')).rejects.not.toThrow(BothRefuse);
    await expect(bothMade(async () => 'root', other)).rejects.not.toThrow(BothRefuse);
    await expect(bothMade(mine, fails('no space left'))).rejects.not.toThrow(BothRefuse);
    expect(
      await bothMade(
        async () => 1,
        async () => 2,
      ),
    ).toEqual([1, 2]);
  });
});
