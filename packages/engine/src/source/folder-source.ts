import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { fromSystemError, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { type IgnoreMatcher, parseDockerignore } from '@tsbuild/dockerfile';
import type { FileDigests, Store } from '@tsbuild/store';
import { openContext } from '../context/index.ts';
import type { SourceTree } from '../graph.ts';
import type { OpenedContext } from './context-source.ts';

/** A folder of this machine. `dockerfile` is where an ignore file of its own may stand; absent for named contexts. */
export function openFolderSource(root: string, dockerfile: string | undefined, store: Store): OpenedContext {
  let opened: Promise<SourceTree> | undefined;
  let memo: Promise<FileDigests> | undefined;
  return {
    keepsOwners: false,
    open({ isFresh = false } = {}) {
      memo ??= store.memo.open(root);
      if (opened === undefined || isFresh) opened = openFolder(root, dockerfile, memo);
      return opened;
    },
    ignores: async () => (await readIgnores(root, dockerfile))?.matcher,
    async saveDigests() {
      await (await memo)?.save();
    },
  };
}

async function openFolder(
  root: string,
  dockerfile: string | undefined,
  memo: Promise<FileDigests>,
): Promise<SourceTree> {
  await requireFolder(root);
  const ignores = await readIgnores(root, dockerfile);
  const ignoring = ignores === undefined ? {} : { ignores: ignores.matcher, ignoreFile: ignores.file };
  return openContext(root, { memo: await memo, ...ignoring });
}

/** @throws {TsbuildError} ERR_TSBUILD_CONTEXT_NOT_FOUND */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw fromSystemError(error, 'opening the build context');
  });
  if (found?.isDirectory() === true) return;
  const problem = found === undefined ? 'does not exist' : 'is not a directory';
  throw new TsbuildError('ERR_TSBUILD_CONTEXT_NOT_FOUND', `build context ${JSON.stringify(path)} ${problem}`, {
    hint: 'the last argument is the folder that COPY reads from; use . for this one',
  });
}

interface IgnoreFile {
  readonly file: string;
  readonly matcher: IgnoreMatcher;
}

/** `<Dockerfile>.dockerignore` replaces `.dockerignore`. */
async function readIgnores(root: string, dockerfile: string | undefined): Promise<IgnoreFile | undefined> {
  const own =
    dockerfile === undefined ? [] : [`${isAbsolute(dockerfile) ? dockerfile : join(root, dockerfile)}.dockerignore`];
  for (const path of [...own, join(root, '.dockerignore')]) {
    try {
      return { file: basename(path), matcher: parseDockerignore(await readFile(path, 'utf8')) };
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fromSystemError(error, `reading ${path}`);
    }
  }
  return undefined;
}
