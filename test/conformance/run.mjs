// node test/conformance/run.mjs [WORD…]: builds the cases whose names contain one of the words, prints every difference
// and the counts by area.
import { fileURLToPath } from 'node:url';
import { importTypeScript } from '../../scripts/lib/run-typescript.mjs';

const { report } = await importTypeScript(fileURLToPath(new URL('report.ts', import.meta.url)));
process.exitCode = await report(process.argv.slice(2));
