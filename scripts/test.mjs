// npm test: makes everything ready, then runs every test. Arguments go to vitest: npm test -- --project unit
import { provision } from './lib/provision.mjs';
import { runReachable } from './lib/reachable.mjs';
import { setup } from './lib/setup.mjs';

await setup();
await provision();
const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
process.exitCode = await runReachable('./node_modules/.bin/vitest', ['run', ...process.argv.slice(2)], { env });
