/** Writes docs/errors.md from the error codes. Run after `tsc -b`. */
import { writeFile } from 'node:fs/promises';
import { errorsPage } from '../dist/errors/errors-doc.js';

await writeFile(new URL('../../../docs/errors.md', import.meta.url), errorsPage());
