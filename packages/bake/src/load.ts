import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { fromSystemError, systemErrorCode, UsageError } from '@tsbuild/core';
import type { ComposeOptions } from './compose/compose-options.ts';
import { readEnvFile } from './compose/env-file.ts';
import { readCompose } from './compose/read-compose.ts';
import type { BakeDefinition } from './definition/bake-target.ts';
import { overrideTargets } from './definition/override.ts';
import type { RawDefinition } from './definition/raw-definition.ts';
import { resolveDefinition } from './definition/resolve.ts';
import { BakeFileError } from './errors.ts';
import { readBakeJson } from './json/read-bake-json.ts';

/** What {@link loadBake} reads, and what it lays over it. */
export interface LoadOptions {
  /** @default the working directory of the process */
  readonly cwd?: string;
  /** Files to read, later ones laid over earlier ones. @default the usual names, as far as they exist */
  readonly files?: readonly string[];
  /** Files of variables for Compose files (`--env-file`). @default `.env`, if it exists */
  readonly envFiles?: readonly string[];
  /** Profiles of Compose services that belong to the default group; `*` is all. @default `COMPOSE_PROFILES` */
  readonly profiles?: readonly string[];
  /** `PATTERN.ATTRIBUTE=VALUE` (`--set`). */
  readonly set?: readonly string[];
  /** @default the environment of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** As buildx looks for them; of those that exist, later ones are laid over earlier ones. */
const USUAL_FILES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
];

const MAX_FILE_BYTES = 8 * 1024 * 1024;

/**
 * Reads Compose and bake files into targets and groups. Nothing is built.
 * @throws {BakeFileError} with the file and place of what is wrong @throws {UsageError}
 */
export async function loadBake(options: LoadOptions = {}): Promise<BakeDefinition> {
  const { cwd = process.cwd(), env = process.env } = options;
  const files = await readFiles(options.files, cwd);
  const isCompose = ({ name, text }: NamedText) =>
    ['.yml', '.yaml'].includes(extname(name)) || (extname(name) !== '.json' && !text.trimStart().startsWith('{'));
  const compose = files.filter(isCompose);
  const definitions: RawDefinition[] = [];
  if (compose.length > 0) definitions.push(await readCompose(compose, await composeOptions(options, cwd, env)));
  definitions.push(
    ...readBakeJson(
      files.filter((file) => !isCompose(file)),
      env,
    ),
  );
  return overrideTargets(resolveDefinition(definitions), options.set ?? [], env);
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

async function readFiles(names: readonly string[] | undefined, cwd: string): Promise<NamedText[]> {
  const isAsked = names !== undefined && names.length > 0;
  const files: NamedText[] = [];
  for (const name of isAsked ? names : USUAL_FILES) {
    const text = isAsked ? await readText(cwd, name) : await readIfThere(cwd, name);
    if (text === undefined) continue;
    if (extname(name) === '.hcl') throw hclRefused(name);
    files.push({ name, text });
  }
  if (files.length > 0) return files;
  throw new UsageError('there is no Compose or bake file here', {
    hint: 'name one with --file, or make a compose.yaml or docker-bake.json',
  });
}

function hclRefused(name: string): BakeFileError {
  return new BakeFileError(name, 'bake files in HCL are not supported', {
    hint: `docker buildx bake --file ${name} --print writes the same as JSON`,
  });
}

async function composeOptions(
  { envFiles, profiles }: LoadOptions,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ComposeOptions> {
  const variables: Record<string, string | undefined> = {};
  for (const name of envFiles ?? ['.env']) {
    const text = envFiles === undefined ? await readIfThere(cwd, name) : await readText(cwd, name);
    Object.assign(
      variables,
      readEnvFile(text ?? '', env, (message) => new BakeFileError(name, message)),
    );
  }
  Object.assign(variables, env);
  const active = profiles ?? (variables.COMPOSE_PROFILES ?? '').split(',').filter((name) => name !== '');
  return { cwd, variables, profiles: active, readFile: (path) => readText(cwd, path) };
}

async function readIfThere(cwd: string, name: string): Promise<string | undefined> {
  return readText(cwd, name).catch((error: unknown) => {
    if (error instanceof BakeFileError && systemErrorCode(error.cause) === 'ENOENT') return undefined;
    throw error;
  });
}

async function readText(cwd: string, name: string): Promise<string> {
  try {
    const bytes = await readFile(resolve(cwd, name));
    if (bytes.length > MAX_FILE_BYTES) throw new BakeFileError(name, 'the file is too large');
    return bytes.toString('utf8');
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT') throw new BakeFileError(name, 'the file does not exist', { cause });
    throw fromSystemError(cause, `reading ${name}`);
  }
}
