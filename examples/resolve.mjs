// Asks what a package would bring along, without touching anything: node examples/resolve.mjs nginx
import { AptOstreeSystem } from 'apt-ostree';

const [name = 'nginx'] = process.argv.slice(2);
const system = await AptOstreeSystem.open();
const plan = await system.resolve({ install: [name] });
for (const { name, version, reason } of plan.install) console.log(`${name} ${version} (${reason})`);
console.log(`${(plan.downloadSize / 1e6).toFixed(1)} MB to fetch, in ${plan.levels.length} levels`);
await system.close();
