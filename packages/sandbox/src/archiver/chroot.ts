import { closeSync, openSync } from 'node:fs';
import { changeDirectory, changeRoot } from '../linux/libc.ts';

/** Runs `work`, synchronous and of modules already loaded, with `folder` as the root of this process. */
export function insideRoot<T>(folder: string, work: () => T): T {
  const outside = openSync('/', 'r');
  try {
    changeRoot(folder);
    process.chdir('/');
    try {
      return work();
    } finally {
      changeDirectory(outside);
      changeRoot('.');
    }
  } finally {
    closeSync(outside);
  }
}
