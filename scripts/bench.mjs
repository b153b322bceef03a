// npm run bench: medians of tsbuild and of the peers on this machine. npm run bench -- --help tells the options.
import { join } from 'node:path';
import { ROOT } from './lib/run.mjs';
import { importTypeScript } from './lib/run-typescript.mjs';
import { setup } from './lib/setup.mjs';

await setup();
const { bench } = await importTypeScript(join(ROOT, 'test/bench/main.ts'));
process.exitCode = await bench(process.argv.slice(2));
