import { resolve } from 'node:path';
import { familiarReference, parseReference } from '@tsbuild/core';
import { readImageNames } from '@tsbuild/engine';
import type { WordsBefore } from './words-before.ts';

/** Names of the images in the store that a command line means, as people write them. */
export async function imageNames({ values }: WordsBefore, cwd: string): Promise<readonly string[]> {
  const root = values.get('root')?.at(-1);
  const names = readImageNames(root === undefined ? undefined : resolve(cwd, root));
  return names.map((name) => familiarReference(parseReference(name)));
}
