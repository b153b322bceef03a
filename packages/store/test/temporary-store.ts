import { readdirSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../src/index.ts';

/** A path in a new folder that is removed after the test; nothing is there yet. */
export async function temporaryRoot(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tsbuild-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'store');
}

/** Opens a store that is closed after the test. */
export async function temporaryStore(root?: string): Promise<Store> {
  const store = await openStore({ root: root ?? (await temporaryRoot()) });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
}

export async function* streamOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of stream) chunks.push(bytes);
  return Buffer.concat(chunks).toString('utf8');
}

/** Makes everything below the root look as if it was last used so many hours ago. */
export function age(root: string, hours: number): void {
  const time = new Date(Date.now() - hours * 3_600_000);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) utimesSync(join(entry.parentPath, entry.name), time, time);
  }
}
