import { mkdirSync, rmdirSync, type Stats, statSync, utimesSync } from 'node:fs';
import { withParent } from './system-errors.ts';

type Done<T> = (error: unknown, result?: T) => void;

/**
 * What `proper-lockfile` does with the folder that is a lock, at once: each of these calls takes less time than handing
 * it to another thread, and every step of a build takes locks.
 */
export const lockFolders = {
  mkdir: (path: string, done: Done<void>): void => answer(() => withParent(path, () => mkdirSync(path)), done),
  /** By a signal that ends the process. */
  rmdirSync,
  rmdir: (path: string, done: Done<void>): void => answer(() => rmdirSync(path), done),
  stat: (path: string, done: Done<Stats>): void => answer(() => statSync(path), done),
  utimes: (path: string, accessed: Date, modified: Date, done: Done<void>): void =>
    answer(() => utimesSync(path, accessed, modified), done),
};

function answer<T>(work: () => T, done: Done<T>): void {
  let result: T;
  try {
    result = work();
  } catch (error) {
    done(error);
    return;
  }
  done(null, result);
}
