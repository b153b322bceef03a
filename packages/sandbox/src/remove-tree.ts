import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import { type SelectedTier, startTier } from './tier/select.ts';

/** Removes many trees with one helper process, started when this user is first refused. Disposing ends it. */
export interface TreeRemover extends AsyncDisposable {
  /**
   * Removes a file or folder for good, also what a command wrote as another of its user's subordinate ids, or into folders
   * that it closed to everybody: such things are removed from within a user namespace.
   * @throws the system's refusal when this user may not remove it there either
   */
  remove(path: string): Promise<void>;
}

/** Starts nothing yet. The helper keeps a folder of its own beside the first path that is refused. */
export function createTreeRemover(): TreeRemover {
  let helper: Promise<SelectedTier | undefined> | undefined;
  return {
    async remove(path) {
      try {
        await rm(path, { recursive: true, force: true });
      } catch (error) {
        if (!isRefusedToUser(error)) throw error;
        helper ??= startHelper(dirname(path));
        await removeWith(await helper, path, error);
      }
    },
    async [Symbol.asyncDispose]() {
      const tier = await helper;
      helper = undefined;
      if (tier !== undefined) await endHelper(tier);
    },
  };
}

/** As {@link TreeRemover}, for one path. */
export async function removeTree(path: string): Promise<void> {
  await using remover = createTreeRemover();
  await remover.remove(path);
}

function isRefusedToUser(error: unknown): boolean {
  const code = systemErrorCode(error);
  const isRefused = code === 'EACCES' || code === 'EPERM';
  return isRefused && process.getuid?.() !== 0 && process.platform === 'linux';
}

/** Undefined where there are no user namespaces. */
function startHelper(scratch: string): Promise<SelectedTier | undefined> {
  return startTier({ tier: 'auto', scratch, runner: 'builtin' }).catch(() => undefined);
}

/** `refusal` says more than the lack of user namespaces does. */
async function removeWith(tier: SelectedTier | undefined, path: string, refusal: unknown): Promise<void> {
  if (tier === undefined) throw refusal;
  try {
    await tier.archivers.remove(path);
  } catch {
    throw refusal;
  }
}

async function endHelper({ worker, archivers, folder }: SelectedTier): Promise<void> {
  try {
    await archivers.remove(folder);
  } finally {
    await worker[Symbol.asyncDispose]();
    await archivers[Symbol.asyncDispose]();
  }
}
