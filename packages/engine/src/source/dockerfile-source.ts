import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fromSystemError, readTreeFile, resolvePath, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import type { BuildContext, BuildOptions } from '../options.ts';
import type { ContextSourceOptions, OpenedContext } from './context-source.ts';
import { requireFolder } from './folder-source.ts';
import type { DownloadOptions } from './http-source.ts';
import { isRemotePlace } from './remote-place.ts';

/** The Dockerfile's text and the name that messages give it. */
export interface DockerfileText {
  readonly name: string;
  readonly text: string;
}

type DockerfileOptions = DownloadOptions & Pick<ContextSourceOptions, 'checksums'>;

export const DEFAULT_DOCKERFILE = 'Dockerfile';

/**
 * Reads the Dockerfile of a build. As Docker does, it looks for `dockerfile` where there is no `Dockerfile`.
 * @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND
 */
export async function readDockerfile(
  options: BuildOptions,
  main: OpenedContext,
  resources: DockerfileOptions,
): Promise<DockerfileText> {
  const { file = DEFAULT_DOCKERFILE, dockerfile } = options;
  if (dockerfile !== undefined) return { name: file, text: String(dockerfile) };
  if (/^https?:\/\//.test(file)) return { name: file, text: await readFromWeb(file, resources) };
  const read = (path: string) => readFrom(options.context, main, path);
  try {
    return { name: file, text: await read(file) };
  } catch (error) {
    const other = lowerCaseName(file);
    const text = other === undefined ? undefined : await read(other).catch(() => undefined);
    if (other === undefined || text === undefined) throw error;
    return { name: other, text };
  }
}

function lowerCaseName(file: string): string | undefined {
  return basename(file) === DEFAULT_DOCKERFILE ? join(dirname(file), DEFAULT_DOCKERFILE.toLowerCase()) : undefined;
}

function readFrom(context: BuildContext, main: OpenedContext, file: string): Promise<string> {
  const isFolder = typeof context === 'string' && !isRemotePlace(context);
  return isFolder ? readFromFolder(context, file) : readFromTree(main, file);
}

async function readFromWeb(url: string, resources: DockerfileOptions): Promise<string> {
  const { download } = await import('./http-source.ts');
  const { tree, name } = await download(url, resources.checksums?.get(url), resources);
  return (await readTreeFile(tree, name)).toString('utf8');
}

async function readFromFolder(folder: string, file: string): Promise<string> {
  await requireFolder(folder);
  try {
    return await readFile(isAbsolute(file) ? file : join(folder, file), 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const near = await nearFile(join(folder, file));
      throw noDockerfile(`${file} does not exist in ${folder}: no such file`, error, near);
    }
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

/** Asks whether a file beside the missing one was meant. */
async function nearFile(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  return didYouMean(basename(path), names);
}

function noDockerfile(problem: string, cause: unknown, near?: string): TsbuildError {
  const hint = 'name another Dockerfile with -f, or another folder as the context';
  return new TsbuildError('ERR_TSBUILD_DOCKERFILE_NOT_FOUND', `failed to read dockerfile: ${problem}`, {
    cause,
    hint: near === undefined ? hint : `${near} ${hint}`,
  });
}
