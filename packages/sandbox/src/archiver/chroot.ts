import { closeSync, openSync } from 'node:fs';
import { changeDirectory, changeRoot } from '../linux/libc.ts';

/** Runs `work`, synchronous and of modules already loaded, with `folder` as the root of this process. */
export function insideRoot<T>(folder: string, work: () => T): T {
  const leave = enterRoot(folder);
  try {
    return work();
  } finally {
    leave();
  }
}

/** As {@link insideRoot}, for work that waits; meanwhile nothing else may happen in this process. */
export async function stayInsideRoot<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const leave = enterRoot(folder);
  try {
    return await work();
  } finally {
    leave();
  }
}

function enterRoot(folder: string): () => void {
  const outside = openSync('/', 'r');
  const leave = () => {
    try {
      changeDirectory(outside);
      changeRoot('.');
    } finally {
      closeSync(outside);
    }
  };
  try {
    changeRoot(folder);
    process.chdir('/');
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}
