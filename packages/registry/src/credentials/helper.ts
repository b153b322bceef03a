import { spawn } from 'node:child_process';
import { RegistryError, systemErrorCode } from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import type { Credential } from './credentials.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
const HELPER_TIMEOUT = 30_000;
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** The user name with which a helper says that the secret is an identity token. */
const TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-<helper>`. A helper that is not installed or knows nothing of the registry is as good as none.
 * @see https://github.com/docker/docker-credential-helpers#development
 */
export async function askHelper(
  helper: string,
  registry: string,
  signal: AbortSignal | undefined,
): Promise<Credential | undefined> {
  const answer = await runHelper(helper, 'get', serverName(registry), signal);
  if (answer === undefined) return undefined;
  if (answer.exitCode !== 0) {
    if (isUnknown(answer)) return undefined;
    throw helperFailed(helper, `it ended with exit code ${answer.exitCode}`);
  }
  return parseAnswer(helper, answer.stdout);
}

/** Hands a credential to a helper to keep. @throws {RegistryError} when it does not */
export async function storeWithHelper(
  helper: string,
  registry: string,
  { username, password }: { readonly username: string; readonly password: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const entry = JSON.stringify({ ServerURL: serverName(registry), Username: username, Secret: password });
  const answer = await runHelper(helper, 'store', entry, signal);
  if (answer === undefined) throw helperFailed(helper, 'it is not installed');
  if (answer.exitCode !== 0) throw helperFailed(helper, `it ended with exit code ${answer.exitCode}`);
}

/** Has a helper forget what it keeps for a registry, if anything. @throws {RegistryError} */
export async function eraseFromHelper(
  helper: string,
  registry: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await runHelper(helper, 'erase', serverName(registry), signal);
  if (answer === undefined || answer.exitCode === 0 || isUnknown(answer)) return;
  throw helperFailed(helper, `it ended with exit code ${answer.exitCode}`);
}

/** What Docker calls a registry in its files and to its helpers. */
export function serverName(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function isUnknown({ stdout }: HelperAnswer): boolean {
  return /not found/i.test(stdout);
}

interface HelperAnswer {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Undefined when there is no such helper. Secrets go in and out by pipes alone. */
async function runHelper(
  helper: string,
  verb: 'get' | 'store' | 'erase',
  input: string,
  signal: AbortSignal | undefined,
): Promise<HelperAnswer | undefined> {
  if (!HELPER_NAME.test(helper)) throw helperFailed(helper, 'the name is not one of a program');
  const limit = AbortSignal.timeout(HELPER_TIMEOUT);
  const child = spawn(`docker-credential-${helper}`, [verb], {
    stdio: ['pipe', 'pipe', 'ignore'],
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  child.stdin.on('error', () => undefined); // it may not read its input
  child.stdin.end(input);
  try {
    const [stdout, exitCode] = await Promise.all([readAll(child.stdout, MAX_ANSWER_BYTES, 'answer'), ended]);
    return { exitCode, stdout: stdout.toString('utf8') };
  } catch (error) {
    child.kill('SIGKILL');
    signal?.throwIfAborted();
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw helperFailed(helper, limit.aborted ? 'it did not answer in time' : 'it could not be run', error);
  }
}

function parseAnswer(helper: string, text: string): Credential | undefined {
  try {
    const { Username: username, Secret: secret } = JSON.parse(text);
    if (typeof username !== 'string' || typeof secret !== 'string')
      throw helperFailed(helper, 'its answer is unusable');
    if (username === '' && secret === '') return undefined;
    return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
  } catch {
    // The parser's message quotes the text, which holds the secret.
    throw helperFailed(helper, 'its answer is unusable');
  }
}

function helperFailed(helper: string, problem: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'ERR_TSBUILD_REGISTRY_DENIED',
    `credential helper docker-credential-${helper} failed: ${problem}`,
    { hint: 'run it by hand to see why, or remove it from config.json', cause },
  );
}
