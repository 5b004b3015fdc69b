// Composes a treefile into a repository and tells what happened: node examples/compose.mjs server.yaml /srv/repo
import { AptOstreeError, AptOstreeSystem } from 'apt-ostree';

const [treefile, repo] = process.argv.slice(2);
if (!treefile || !repo) throw new Error('usage: compose.mjs TREEFILE REPO');

const monitor = {
  progress: ({ task, state, text }) => state === 'end' && console.error(`${task}: ${text || 'done'}`),
  warning: (text) => console.error(`warning: ${text}`),
};

// The engine runs in a process of its own: if it dies, this call rejects and this program goes on.
const system = await AptOstreeSystem.open({ repo });
try {
  const { ref, commit, unchanged, packages, scripts, stats } = await system.composeTree(
    { treefile },
    { monitor },
  );
  console.log(unchanged ? `${ref} is still ${commit}` : `${ref} is now ${commit}`);
  console.log(`${packages.length} packages, ${scripts.length} scripts, ${stats.objects.written} new objects`);
  console.log(`${stats.seconds.total.toFixed(1)} s`);
} catch (error) {
  if (!AptOstreeError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await system.close();
}
