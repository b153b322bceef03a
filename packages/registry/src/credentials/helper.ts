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
  if (!HELPER_NAME.test(helper)) throw helperFailed(helper, 'the name is not one of a program');
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const answer = await runHelper(helper, server, signal);
  if (answer === undefined) return undefined;
  if (answer.exitCode !== 0) {
    if (/not found/i.test(answer.stdout)) return undefined;
    throw helperFailed(helper, `it ended with exit code ${answer.exitCode}`);
  }
  return parseAnswer(helper, answer.stdout);
}

interface HelperAnswer {
  readonly exitCode: number;
  readonly stdout: string;
}

async function runHelper(
  helper: string,
  server: string,
  signal: AbortSignal | undefined,
): Promise<HelperAnswer | undefined> {
  const limit = AbortSignal.timeout(HELPER_TIMEOUT);
  const child = spawn(`docker-credential-${helper}`, ['get'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  child.stdin.on('error', () => undefined); // it may not read its input
  child.stdin.end(server);
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
