import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import { startTier } from './tier/select.ts';

/**
 * Removes a file or folder for good, also what a command wrote as another of its user's subordinate ids, or into folders
 * that it closed to everybody: such things are removed from within a user namespace.
 * @throws the system's refusal when this user may not remove it there either
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const code = systemErrorCode(error);
    const isRefused = code === 'EACCES' || code === 'EPERM';
    if (!isRefused || process.getuid?.() === 0 || process.platform !== 'linux') throw error;
    await removeInNamespace(path, error);
  }
}

/** `refusal` says more than the lack of user namespaces does. */
async function removeInNamespace(path: string, refusal: unknown): Promise<void> {
  const tier = await startTier({ tier: 'auto', scratch: dirname(path), runner: 'builtin' }).catch(() => undefined);
  if (tier === undefined) throw refusal;
  const { worker, archivers, folder } = tier;
  try {
    await archivers.remove(path);
  } catch {
    throw refusal;
  } finally {
    await archivers.remove(folder);
    await worker[Symbol.asyncDispose]();
    await archivers[Symbol.asyncDispose]();
  }
}
