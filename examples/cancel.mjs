// Layers a package but gives up after a time; nothing has changed then:
// node examples/cancel.mjs /srv/repo debian/amd64/userland nginx
import { AptOstreeSystem } from 'apt-ostree';

const [repo, base, name] = process.argv.slice(2);
const seconds = Number(process.env.SECONDS_AT_MOST ?? 60);
const signal = AbortSignal.timeout(seconds * 1000);

const system = await AptOstreeSystem.open({ repo });
try {
  const { commit } = await system.composeLayer({ base, ref: `${base}-${name}`, install: [name] }, { signal });
  console.log(commit);
} catch (error) {
  if (!signal.aborted) throw error;
  console.error(`not done within ${seconds} s; the repository is as it was`);
} finally {
  await system.close();
}
