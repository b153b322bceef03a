/** Writes docs/flags.md from the tables of flags. Run after `tsc -b`. */
import { writeFile } from 'node:fs/promises';
import { DOCUMENTED_FLAGS } from '../dist/flags/documented-flags.js';
import { flagsPage } from '../dist/flags/flags-doc.js';

await writeFile(new URL('../../../docs/flags.md', import.meta.url), flagsPage(DOCUMENTED_FLAGS));
