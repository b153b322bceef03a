import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromSystemError, UsageError } from '@tsbuild/core';
import { type Environment, splitPair } from '../build/key-values.ts';

/** The variables of `--env-file` and then of `--env`. @throws {UsageError} @throws {TsbuildError} */
export async function readEnvironment(
  flags: { readonly env: readonly string[]; readonly files: readonly string[] },
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Promise<Record<string, string>> {
  const lines: string[] = [];
  for (const file of flags.files) lines.push(...(await readLines(resolve(cwd, file))));
  const pairs = [...lines, ...flags.env].map((text) => splitPair('--env', text));
  return Object.fromEntries(
    pairs.flatMap(([key, value = env[key]]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

/** Lines that are neither empty nor a comment. */
async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fromSystemError(error, 'reading --env-file');
  });
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart());
  const wanted = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const broken = wanted.find((line) => /\s/.test(line.split('=', 1)[0] ?? '') || line.startsWith('='));
  if (broken === undefined) return wanted;
  throw new UsageError(`malformed line in ${path}: ${broken}`, { hint: 'expected KEY=VALUE, without blanks in KEY' });
}
