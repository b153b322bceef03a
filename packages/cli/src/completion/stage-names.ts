import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDockerfile } from '@tsbuild/dockerfile';
import type { WordsBefore } from './words-before.ts';

/** What is longer is not read while somebody waits for a key. */
const MAX_BYTES = 1024 * 1024;

/** Names of the stages of the Dockerfile that a command line names; none if there is no such file or it has mistakes. */
export async function stageNames({ values, positionals }: WordsBefore, cwd: string): Promise<readonly string[]> {
  const file = values.get('file')?.at(-1) ?? join(positionals[0] ?? '.', 'Dockerfile');
  try {
    const path = resolve(cwd, file);
    const facts = await stat(path);
    if (!facts.isFile() || facts.size > MAX_BYTES) return [];
    const { stages } = parseDockerfile(await readFile(path, 'utf8'), { name: file });
    return [...new Set(stages.flatMap(({ name }) => name ?? []))];
  } catch {
    return [];
  }
}
