/** Writes docs/flags.md from the table of flags. Run after `tsc -b`. */
import { writeFile } from 'node:fs/promises';
import { BUILD_FLAGS } from '../dist/flags/build-flags.js';
import { flagsPage } from '../dist/flags/flags-doc.js';

await writeFile(new URL('../../../docs/flags.md', import.meta.url), flagsPage(BUILD_FLAGS));
