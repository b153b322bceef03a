import { readFile } from 'node:fs/promises';
import { fromSystemError, systemErrorCode, UsageError } from '@tsbuild/core';
import type { Credential } from './credentials.ts';

/** Docker's `config.json` or podman's `auth.json`, by host as it stands in image names. */
export interface AuthFile {
  readonly auths: ReadonlyMap<string, Credential>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
}

const EMPTY: AuthFile = { auths: new Map(), credHelpers: new Map(), credsStore: undefined };

/** A file that is not there is an empty one. @throws {UsageError} when it is not JSON */
export async function readAuthFile(path: string): Promise<AuthFile> {
  try {
    return parseAuthFile(await readFile(path, 'utf8'), path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return EMPTY;
    throw fromSystemError(error, 'reading registry credentials');
  }
}

/** @throws {UsageError} when `text` is not JSON; entries that make no sense are left out, as Docker does */
export function parseAuthFile(text: string, name: string): AuthFile {
  const file = parseObject(text, name);
  const credsStore = file.credsStore;
  return {
    auths: entriesOf(file.auths, toCredential),
    credHelpers: entriesOf(file.credHelpers, (value) => (typeof value === 'string' ? value : undefined)),
    credsStore: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

/** @throws {UsageError} when `text` is no JSON object */
export function parseObject(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // The parser's message quotes the text, which holds passwords.
  }
  throw new UsageError(`registry credentials in ${name} are not a JSON object`, {
    hint: 'repair or remove the file, then log in again',
  });
}

function entriesOf<T>(value: unknown, parse: (entry: unknown) => T | undefined): ReadonlyMap<string, T> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return new Map(
    entries.flatMap(([key, entry]) => {
      const parsed = parse(entry);
      return parsed === undefined ? [] : [[hostOfKey(key), parsed] as const];
    }),
  );
}

/** Docker's keys may be URLs: `https://index.docker.io/v1/` stands for Docker Hub. */
export function hostOfKey(key: string): string {
  const name = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/+$/, '');
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name;
}

function toCredential(entry: unknown): Credential | undefined {
  if (!isRecord(entry)) return undefined;
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : '');
  if (text('registrytoken') !== '') return { registryToken: text('registrytoken') };
  if (text('identitytoken') !== '') return { identityToken: text('identitytoken') };
  const decoded = Buffer.from(text('auth'), 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon > 0) return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  return text('username') === '' ? undefined : { username: text('username'), password: text('password') };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
