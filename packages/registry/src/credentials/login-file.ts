import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fromSystemError, systemErrorCode } from '@tsbuild/core';
import { hostOfKey, isRecord, parseAuthFile, parseObject } from './auth-file.ts';
import { eraseFromHelper, serverName, storeWithHelper } from './helper.ts';

/** Which file logins are kept in. */
export interface LoginFileOptions {
  /** Where `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG` and `HOME` are looked up. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a credential went. */
export interface KeptCredential {
  /** The file that knows of it. */
  readonly path: string;
  /** Name of the helper that keeps the secret; without one it is in the file as it is. */
  readonly helper: string | undefined;
}

/**
 * Keeps a user and password for a registry as `docker login` does: in `REGISTRY_AUTH_FILE` or Docker's `config.json`,
 * of which everything else stays as it is, or with the helper that the file names. Docker's and podman's own commands
 * find it there. The file appears whole, and nobody else can read it.
 * @throws {UsageError} when the file is not JSON @throws {RegistryError} when the helper fails
 */
export async function keepCredential(
  registry: string,
  credential: { readonly username: string; readonly password: string },
  { env = process.env, signal }: LoginFileOptions = {},
): Promise<KeptCredential> {
  const { path, file, helper } = await openLoginFile(registry, env);
  if (helper !== undefined) await storeWithHelper(helper, registry, credential, signal);
  const { username, password } = credential;
  const auth = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  const auths = { ...without(file.auths, registry), [serverName(registry)]: helper === undefined ? { auth } : {} };
  await replaceFile(path, { ...file, auths });
  return { path, helper };
}

/** Forgets what is kept for a registry, in the file and its helper. False when the file knew nothing of it. */
export async function removeCredential(
  registry: string,
  { env = process.env, signal }: LoginFileOptions = {},
): Promise<boolean> {
  const { path, file, helper } = await openLoginFile(registry, env);
  if (helper !== undefined) await eraseFromHelper(helper, registry, signal);
  const auths = without(file.auths, registry);
  const isKnown = isRecord(file.auths) && Object.keys(auths).length < Object.keys(file.auths).length;
  if (isKnown) await replaceFile(path, { ...file, auths });
  return isKnown;
}

interface LoginFile {
  readonly path: string;
  readonly file: Readonly<Record<string, unknown>>;
  readonly helper: string | undefined;
}

async function openLoginFile(registry: string, env: NonNullable<LoginFileOptions['env']>): Promise<LoginFile> {
  const own = env.REGISTRY_AUTH_FILE ?? '';
  const named = own !== '' ? own : join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'config.json');
  // A link stays a link: what it leads to is replaced.
  const path = await realpath(named).catch(() => named);
  const text = await readText(path);
  const { credHelpers, credsStore } = parseAuthFile(text, path);
  return { path, file: parseObject(text, path), helper: credHelpers.get(registry) ?? credsStore };
}

async function readText(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text.trim() === '' ? '{}' : text;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '{}';
    throw fromSystemError(error, 'reading registry credentials');
  }
}

/** A registry may be there under several spellings. */
function without(auths: unknown, registry: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(isRecord(auths) ? auths : {}).filter(([key]) => hostOfKey(key) !== registry),
  );
}

async function replaceFile(path: string, value: object): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(partial, { force: true });
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value, null, '\t')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw fromSystemError(error, 'writing registry credentials');
  }
}
