import { access } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { TsbuildError, UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';
import type { Surroundings } from '../command.ts';
import { isRemoteContext } from './remote-context.ts';
import { openStdin } from './stdin.ts';

/** The part of a build's options that says where the Dockerfile and its files are. */
export type BuildInput = Pick<BuildOptions, 'context' | 'file' | 'dockerfile'>;

export interface InputRequest {
  /** `PATH`, a URL, or `-`. */
  readonly path: string;
  /** `--file`, relative to the working directory, or `-`. */
  readonly file: string | undefined;
  readonly surroundings: Pick<Surroundings, 'cwd' | 'stdin'>;
  readonly signal: AbortSignal;
}

/**
 * Finds the build context and the Dockerfile with docker's rules.
 * @throws {UsageError} @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND
 */
export async function readBuildInput({ path, file, surroundings, signal }: InputRequest): Promise<BuildInput> {
  const { cwd } = surroundings;
  if (path === '-') return readStdinContext(file, surroundings.stdin, signal);
  const isRemote = isRemoteContext(path) && !(await exists(resolve(cwd, path)));
  const context = isRemote ? path : resolve(cwd, path);
  if (file === undefined) return { context };
  if (file === '-') return { context, dockerfile: await readDockerfileFrom(surroundings.stdin, signal) };
  return { context, file: isRemote || isRemoteContext(file) ? file : await locate(file, cwd, context) };
}

/** An archive with everything in it, or a Dockerfile alone, without any files around it. */
async function readStdinContext(file: string | undefined, stdin: Readable, signal: AbortSignal): Promise<BuildInput> {
  if (file === '-') throw new UsageError('standard input cannot be both the build context and the Dockerfile');
  const input = await openStdin(stdin, signal);
  if (input.kind === 'archive') return { context: { tar: input.bytes }, ...(file === undefined ? {} : { file }) };
  if (file !== undefined) throw new UsageError(`both standard input and --file ${file} are the Dockerfile`);
  return { context: { files: {} }, dockerfile: input.text };
}

async function readDockerfileFrom(stdin: Readable, signal: AbortSignal): Promise<string> {
  const input = await openStdin(stdin, signal);
  if (input.kind === 'text') return input.text;
  throw new UsageError('the Dockerfile on standard input is an archive', { hint: 'give - as the build context' });
}

/** Names the file relative to the context where it lies inside, as it is shown in messages. */
async function locate(file: string, cwd: string, context: string): Promise<string> {
  const path = resolve(cwd, file);
  if (!(await exists(path))) {
    const other = join(context, file);
    const isThere = !isAbsolute(file) && (await exists(other));
    throw new TsbuildError('ERR_TSBUILD_DOCKERFILE_NOT_FOUND', `no Dockerfile at ${JSON.stringify(file)}`, {
      hint: isThere
        ? `--file is relative to the working directory: did you mean --file ${relative(cwd, other)}?`
        : 'name it with --file, relative to the working directory',
    });
  }
  const inside = relative(context, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
