import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { fromSystemError, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { type IgnoreMatcher, parseDockerignore } from '@tsbuild/dockerfile';
import { memoryTree } from '@tsbuild/layer';
import type { FileDigests, Store } from '@tsbuild/store';
import { openContext } from './context/index.ts';
import type { LocalSource, SourceTree } from './graph.ts';
import { memoryFiles } from './memory-context.ts';
import type { BuildContext, BuildOptions } from './options.ts';
import { digestedTree } from './solve/digested-tree.ts';

/** The Dockerfile's text and the name that messages give it. */
export interface DockerfileText {
  readonly name: string;
  readonly text: string;
}

const DEFAULT_FILE = 'Dockerfile';

/** @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND */
export async function readDockerfile({ context, file, dockerfile }: BuildOptions): Promise<DockerfileText> {
  if (dockerfile !== undefined) return { name: file ?? DEFAULT_FILE, text: dockerfile };
  const name = file ?? DEFAULT_FILE;
  if (typeof context !== 'string') return { name, text: await readFromTree(context, name) };
  await requireFolder(context);
  try {
    return { name, text: await readFile(isAbsolute(name) ? name : join(context, name), 'utf8') };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR')
      throw noDockerfile(name, context, error);
    if (systemErrorCode(error) === 'EISDIR') throw noDockerfile(name, context, error, `${name} is a directory`);
    throw fromSystemError(error, `reading ${name}`);
  }
}

async function readFromTree(context: Exclude<BuildContext, string>, name: string): Promise<string> {
  const tree = treeOf(context);
  if (tree.lookup(name) === undefined) throw noDockerfile(name, 'the context', undefined);
  const chunks: Uint8Array[] = [];
  for await (const { bytes } of tree.readMany([name])) chunks.push(Uint8Array.from(bytes));
  return Buffer.concat(chunks).toString('utf8');
}

function noDockerfile(
  name: string,
  where: string,
  cause: unknown,
  what = `${name} does not exist in ${where}: no such file`,
): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_DOCKERFILE_NOT_FOUND', `failed to read dockerfile: ${what}`, {
    cause,
    hint: 'name another Dockerfile with -f, or another folder as the context',
  });
}

async function requireFolder(path: string): Promise<void> {
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

/** A context as a source of COPY, and the digests of its files that are worth keeping for the next build. */
export interface OpenedContext extends LocalSource {
  saveDigests(): Promise<void>;
}

/** Nothing is read before the first step asks. `dockerfile` is where an ignore file of its own may stand. */
export function openBuildContext(context: BuildContext, dockerfile: string | undefined, store: Store): OpenedContext {
  if (typeof context !== 'string') {
    const tree = treeOf(context);
    return { open: async () => tree, saveDigests: async () => undefined };
  }
  const root = resolve(context);
  let opened: Promise<SourceTree> | undefined;
  let memo: Promise<FileDigests> | undefined;
  return {
    open({ isFresh = false } = {}) {
      memo ??= store.memo.open(root);
      if (opened === undefined || isFresh) opened = openFolder(root, dockerfile, memo);
      return opened;
    },
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
  return openContext(root, { memo: await memo, ...(ignores === undefined ? {} : { ignores }) });
}

/** `<Dockerfile>.dockerignore` replaces `.dockerignore`. */
async function readIgnores(root: string, dockerfile: string | undefined): Promise<IgnoreMatcher | undefined> {
  const own =
    dockerfile === undefined ? [] : [`${isAbsolute(dockerfile) ? dockerfile : join(root, dockerfile)}.dockerignore`];
  for (const path of [...own, join(root, '.dockerignore')]) {
    try {
      return parseDockerignore(await readFile(path, 'utf8'));
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR')
        throw fromSystemError(error, `reading ${path}`);
    }
  }
  return undefined;
}

function treeOf(context: Exclude<BuildContext, string>): SourceTree {
  return digestedTree('files' in context ? memoryTree(memoryFiles(context.files)) : context.tree);
}
