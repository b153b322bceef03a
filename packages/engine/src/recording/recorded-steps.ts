import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheKey, UsageError } from '@tsbuild/core';
import type { Ingredients } from '../cache/ingredients.ts';

/** What steps of one build were made of, by lineage. */
export type RecordedSteps = Readonly<Record<string, RecordedStep>>;

export interface RecordedStep {
  readonly key: CacheKey;
  readonly ingredients: Ingredients;
}

const FILE = 'steps.json';
const VERSION = 1;

/** Name of the entry of the folder's layout that has the layers of build `at`. */
export function buildTag(at: number): string {
  return `build-${at + 1}`;
}

export async function writeSteps(folder: string, builds: readonly RecordedSteps[]): Promise<void> {
  const sorted = builds.map((steps) => Object.fromEntries(Object.entries(steps).sort(([a], [b]) => (a < b ? -1 : 1))));
  const partial = join(folder, `${FILE}.${process.pid}.partial`);
  await writeFile(partial, `${JSON.stringify({ v: VERSION, builds: sorted }, undefined, 1)}\n`);
  await rename(partial, join(folder, FILE));
}

/** The builds of a recording; none where there is no recording yet. @throws {UsageError} for another kind of file */
export async function readSteps(folder: string): Promise<readonly RecordedSteps[]> {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return [];
  try {
    const { v, builds } = JSON.parse(text);
    if (v === VERSION && Array.isArray(builds)) return builds;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw unreadable(path);
}

function unreadable(path: string, cause?: unknown): UsageError {
  return new UsageError(`${path} is not a recording of this version`, {
    hint: 'remove the folder and record again',
    cause,
  });
}
