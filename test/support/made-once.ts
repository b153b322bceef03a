import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MADE = fileURLToPath(new URL('../../node_modules/.cache/tsbuild-tests', import.meta.url));

/**
 * The path of a file that takes long to make: `make` writes it for whichever test asks first, and it stays for the next
 * run. The name has to tell everything that it is made of; `rm` it to have a new one.
 */
export async function madeOnce(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const made = join(MADE, name);
  if (await stat(made).catch(() => undefined)) return made;
  await mkdir(MADE, { recursive: true });
  const unfinished = join(MADE, `${process.pid}-${name}`);
  await make(unfinished);
  await rename(unfinished, made);
  return made;
}
