// Shows what the postinst of an installed package would change if it ran again, asks what to do when it fails, and
// takes it back; the commit is never changed: node examples/scripts.mjs /srv/repo debian/amd64/userland base-files
import { AptOstreeSystem, ScriptOrchestrator } from 'apt-ostree';

const [repo, base, name] = process.argv.slice(2);
const signal = AbortSignal.timeout(120_000);

const system = await AptOstreeSystem.open({ repo });
const scripts = await system.openScripts({ base });
try {
  const decide = ({ attempts, tail }) => {
    console.error(`failed: ${tail}`);
    return attempts < 2 ? 'retry' : 'skip';
  };
  const request = { package: name, script: 'postinst', policy: { kind: 'ask', decide } };
  const result = await scripts.execute(request, { signal });
  console.log(`${name}.postinst ${result.state}, ${result.seconds.toFixed(2)} s`);
  for (const { kind, path, sizeBefore, size } of result.changes)
    console.log(`  ${kind} ${path} (${sizeBefore ?? '-'} -> ${size} bytes)`);
  if (result.state === 'succeeded') await scripts.undo(result);

  // All scripts that dpkg would call to remove it, as one.
  const removal = await new ScriptOrchestrator(scripts).run(name, { kind: 'remove', inFavourOf: null });
  for (const { script, args, changes } of removal)
    console.log(`${name}.${script} ${args.join(' ')}: ${changes.length} changes`);
} finally {
  // Nothing is left: no mount, no process, no folder.
  await scripts.close();
  await system.close();
}
