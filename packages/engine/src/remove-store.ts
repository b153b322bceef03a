import { type RemoveStoreOptions, removeStore as removeFolder } from '@tsbuild/store';

type RemoveTree = (path: string) => Promise<void>;

/**
 * Gives `work` what removes files of the store: what this user may remove, with the sandbox's help what its commands wrote
 * under other ids. Loading the sandbox is put off until something is to be removed; its helper ends with `work`.
 */
export async function withTreeRemover<T>(work: (removeTree: RemoveTree) => Promise<T>): Promise<T> {
  let opening: ReturnType<typeof openRemover> | undefined;
  try {
    return await work(async (path) => {
      opening ??= openRemover();
      await (await opening).remove(path);
    });
  } finally {
    await (await opening)?.[Symbol.asyncDispose]();
  }
}

async function openRemover() {
  return (await import('@tsbuild/sandbox')).createTreeRemover();
}

async function removeTree(path: string): Promise<void> {
  await (await import('@tsbuild/sandbox')).removeTree(path);
}

/**
 * Removes a store of any version, images and all. Resolves also when there was none.
 * @throws {TsbuildError} ERR_TSBUILD_STORE when the folder is something else or a process has the store open
 */
export function removeStore(options: RemoveStoreOptions = {}): Promise<void> {
  return removeFolder({ removeTree, ...options });
}
