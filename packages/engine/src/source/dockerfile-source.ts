import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fromSystemError, readTreeFile, resolvePath, systemErrorCode, TsbuildError } from '@tsbuild/core';
import type { BuildOptions } from '../options.ts';
import type { OpenedContext } from './context-source.ts';
import { requireFolder } from './folder-source.ts';
import { parseGitUrl } from './git-url.ts';

/** The Dockerfile's text and the name that messages give it. */
export interface DockerfileText {
  readonly name: string;
  readonly text: string;
}

export const DEFAULT_DOCKERFILE = 'Dockerfile';

/** @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND */
export async function readDockerfile(options: BuildOptions, main: OpenedContext): Promise<DockerfileText> {
  const { context, file = DEFAULT_DOCKERFILE, dockerfile } = options;
  if (dockerfile !== undefined) return { name: file, text: dockerfile };
  const isFolder = typeof context === 'string' && parseGitUrl(context) === undefined && !/^https?:\/\//.test(context);
  if (isFolder) return { name: file, text: await readFromFolder(context, file) };
  return { name: file, text: await readFromTree(main, file) };
}

async function readFromFolder(folder: string, file: string): Promise<string> {
  await requireFolder(folder);
  try {
    return await readFile(isAbsolute(file) ? file : join(folder, file), 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw noDockerfile(`${file} does not exist in ${folder}: no such file`, error);
    if (code === 'EISDIR') throw noDockerfile(`${file} is a directory`, error);
    throw fromSystemError(error, `reading ${file}`);
  }
}

async function readFromTree(main: OpenedContext, file: string): Promise<string> {
  const tree = await main.open();
  const { path, entry } = resolvePath(tree, file);
  if (entry?.type !== 'file') throw noDockerfile(`${file} does not exist in the context: no such file`, undefined);
  return (await readTreeFile(tree, path)).toString('utf8');
}

function noDockerfile(problem: string, cause: unknown): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_DOCKERFILE_NOT_FOUND', `failed to read dockerfile: ${problem}`, {
    cause,
    hint: 'name another Dockerfile with -f, or another folder as the context',
  });
}
