import { type RemoveStoreOptions, removeStore as removeFolder } from '@tsbuild/store';

/**
 * Removes what this user may remove, with the sandbox's help what its commands wrote under other ids. Loading the sandbox
 * is put off until something is to be removed.
 */
export async function removeTree(path: string): Promise<void> {
  const sandbox = await import('@tsbuild/sandbox');
  await sandbox.removeTree(path);
}

/**
 * Removes a store of any version, images and all. Resolves also when there was none.
 * @throws {TsbuildError} ERR_TSBUILD_STORE when the folder is something else or a process has the store open
 */
export function removeStore(options: RemoveStoreOptions = {}): Promise<void> {
  return removeFolder({ removeTree, ...options });
}
