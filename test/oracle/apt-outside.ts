import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../helpers/cache.ts';
import { hostSources, type SourceOptions } from '../helpers/host-sources.ts';
import { today } from '../helpers/minbase.ts';
import { run } from '../helpers/run.ts';

/** apt of this machine with folders of its own, and with nothing of the machine's configuration. */
export interface AptOutside {
  /** The sources, deb822. */
  sources: string;
  lists: string;
  run(tool: 'apt-get' | 'apt-cache', args: string[], status: string): Promise<string>;
}

async function configuration(dir: string): Promise<string> {
  const path = join(dir, 'apt.conf');
  const lines = [
    `Dir::Etc::SourceList "${join(dir, 'debian.sources')}";`,
    'Dir::Etc::SourceParts "-";',
    'Dir::Etc::Parts "-";',
    `Dir::State::Lists "${join(dir, 'lists')}";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Check-Valid-Until "false";',
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** The archive of a suite as it is today, fetched once a day. */
export async function aptOutside(suite: string, options: SourceOptions = {}): Promise<AptOutside> {
  const name = `lists-${suite}${options.releaseOnly ? '-release' : ''}`;
  const dir = await cached(`${name}-${today()}`, async (partial) => {
    await writeFile(join(partial, 'debian.sources'), await hostSources(suite, options));
    await mkdir(join(partial, 'lists/partial'), { recursive: true });
    const config = await configuration(partial);
    await run('apt-get', ['update', '-qq', '-o', 'APT::Update::Error-Mode=any'], {
      env: { APT_CONFIG: config },
    });
  });
  const config = await configuration(dir);
  return {
    sources: join(dir, 'debian.sources'),
    lists: join(dir, 'lists'),
    run: (tool, args, status) =>
      run(tool, ['-o', `Dir::State::Status=${status}`, ...args], {
        env: { APT_CONFIG: config, DEBIAN_FRONTEND: 'noninteractive' },
      }),
  };
}
