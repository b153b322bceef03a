import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromSystemError, systemErrorCode } from '@tsbuild/core';

/** Runs `work`, turning the system errors that users meet into tsbuild's. */
export function translating<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSystemError(error, doing);
  }
}

/** As {@link translating}, for work that takes its time. */
export async function translatingAsync<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromSystemError(error, doing);
  }
}

const OUT_OF_RESOURCES = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * What a failed read of a file in the store means: missing, a link, a folder, unreadable or a broken disk are all a miss.
 * Anything else is thrown on, because trying again later would succeed.
 */
export function rethrowUnlessMiss(error: unknown): undefined {
  const code = systemErrorCode(error);
  if (code === undefined || OUT_OF_RESOURCES.has(code)) throw error;
  return undefined;
}

/** What lies at `path`, links not followed; undefined when nothing can be found there. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return rethrowUnlessMiss(error);
  }
}

/** Result of `work`, or undefined when it failed with one of the system error `codes`. */
export function unless<T>(codes: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codes.includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Makes a folder and what it lies in, for this user alone. (Node's own way never ends where nothing can be made, as in /proc.) */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    if (code !== 'ENOENT' || lookAt(dirname(path)) !== undefined) throw error;
    makeFolder(dirname(path));
    makeFolder(path);
  }
}

/** Folders of the store are made when something is first put into them. */
export function withParent<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    makeFolder(dirname(path));
    return work();
  }
}
