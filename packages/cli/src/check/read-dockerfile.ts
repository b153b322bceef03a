import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromSystemError, type SourceText, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { type IgnoreMatcher, parseDockerignore } from '@tsbuild/dockerfile';
import type { BuildInput } from '../build/context-argument.ts';

/** What a check looks at: the text, and which files of the context it can copy. */
export interface CheckedText {
  readonly source: SourceText;
  readonly ignores: IgnoreMatcher | undefined;
}

/** @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND */
export async function readCheckedText({ context, file, dockerfile }: BuildInput): Promise<CheckedText> {
  const name = file ?? 'Dockerfile';
  const folder = typeof context === 'string' ? context : undefined;
  const text = dockerfile ?? (folder === undefined ? undefined : await readText(resolve(folder, name)));
  if (text === undefined) {
    throw new TsbuildError('ERR_TSBUILD_DOCKERFILE_NOT_FOUND', `no ${name} in ${JSON.stringify(folder)}`, {
      hint: 'name another Dockerfile with --file, or another folder',
    });
  }
  return { source: { name, text }, ignores: folder === undefined ? undefined : await readIgnores(folder, name) };
}

/** `<Dockerfile>.dockerignore` takes the place of `.dockerignore`. */
async function readIgnores(folder: string, name: string): Promise<IgnoreMatcher | undefined> {
  const text =
    (await readText(resolve(folder, `${name}.dockerignore`))) ?? (await readText(resolve(folder, '.dockerignore')));
  return text === undefined ? undefined : parseDockerignore(text);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw fromSystemError(error, `reading ${path}`);
  }
}
