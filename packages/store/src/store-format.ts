import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode, TsbuildError } from '@tsbuild/core';
import { makeFolder, rethrowUnlessMiss, translating } from './system-errors.ts';

/** Version of everything below a store's root. Raise it when an older tsbuild would misread what a newer one writes. */
export const STORE_VERSION = 1;

const OUR_FORMAT = 'tsbuild store version 1 3349ee97\n';

/** The first line of `format` keeps this shape in every version. The check tells a damaged file from another version's. */
const FORMAT_LINE = /^tsbuild store version (\d{1,9}) ([0-9a-f]{8})$/;

/**
 * Makes sure that `root` is a store of this version, creating it when there is nothing yet: true when it is new and empty.
 * @throws {TsbuildError} ERR_TSBUILD_STORE_FORMAT, ERR_TSBUILD_STORE, ERR_TSBUILD_PERMISSION
 */
export function ensureStoreFormat(root: string): boolean {
  const version = readVersion(root);
  if (version === STORE_VERSION) return false;
  if (version !== undefined) throw otherVersion(root, version);
  return translating('creating the store', () => createStore(root));
}

function readVersion(root: string): number | undefined {
  try {
    const text = readFileSync(join(root, 'format'), 'utf8');
    if (text === OUR_FORMAT) return STORE_VERSION;
    const [line = ''] = text.split('\n', 1);
    const [, version = '', check] = FORMAT_LINE.exec(line) ?? [];
    return check === checkOf(version) ? Number(version) : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') throw notOurs(root, error);
    return rethrowUnlessMiss(error);
  }
}

/** `format` comes first, so that a crash in between leaves nothing that looks like somebody else's folder. */
function createStore(root: string): boolean {
  makeRoot(root);
  const names = readdirSync(root).filter((name) => name !== 'lost+found' && !name.startsWith('.format-'));
  if (names.length > 0 && !looksLikeStore(names)) throw notEmpty(root);
  const temporary = join(root, `.format-${randomBytes(6).toString('hex')}`);
  writeFileSync(temporary, OUR_FORMAT, { flag: 'wx' });
  renameSync(temporary, join(root, 'format'));
  return names.length === 0;
}

/** Whether a folder with these names in it is a store, perhaps with a damaged `format`. */
export function looksLikeStore(names: readonly string[]): boolean {
  return names.includes('format') || (names.includes('blobs') && names.includes('tmp'));
}

function makeRoot(root: string): void {
  try {
    makeFolder(root);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'EEXIST' || code === 'ENOTDIR') throw noFolder(root, error);
    throw error;
  }
}

function checkOf(version: string): string {
  return createHash('sha256').update(`tsbuild store version ${version}`).digest('hex').slice(0, 8);
}

function otherVersion(root: string, version: number): TsbuildError {
  const age = version > STORE_VERSION ? 'a newer' : 'an older';
  return new TsbuildError(
    'ERR_TSBUILD_STORE_FORMAT',
    `store ${JSON.stringify(root)} was written by ${age} tsbuild: format ${version}, expected ${STORE_VERSION}`,
    { hint: 'choose another store with --root or TSBUILD_ROOT, or remove this one with tsbuild store rm' },
  );
}

function notOurs(root: string, cause: unknown): TsbuildError {
  return new TsbuildError(
    'ERR_TSBUILD_PERMISSION',
    `permission denied while opening the store ${JSON.stringify(root)}`,
    {
      cause,
      hint: 'it may belong to another user; choose another store with --root or TSBUILD_ROOT',
    },
  );
}

function noFolder(root: string, cause: unknown): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_STORE', `${JSON.stringify(root)} is not a folder, nor can one be made there`, {
    cause,
    hint: 'choose another store with --root or TSBUILD_ROOT',
  });
}

function notEmpty(root: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_STORE', `${JSON.stringify(root)} is neither empty nor a tsbuild store`, {
    hint: 'choose an empty folder with --root or TSBUILD_ROOT',
  });
}
