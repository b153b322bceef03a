import type { SecretSource } from '../options.ts';
import { readSecret } from '../solve/read-secret.ts';
import type { SolveContext } from '../solve/solve-context.ts';

type Secrets = SolveContext['secrets'];

/**
 * Credentials for downloads, by host: the secret `HTTP_AUTH_HEADER_<host>` is the whole header, `HTTP_AUTH_TOKEN_<host>`
 * a bearer token.
 */
export async function httpAuthorization(secrets: Secrets): Promise<(host: string) => string | undefined> {
  const headers = new Map<string, string>();
  for (const [id, source] of Object.entries(secrets)) {
    const [, kind, host] = /^HTTP_AUTH_(HEADER|TOKEN)_(.+)$/.exec(id) ?? [];
    const text = host === undefined ? undefined : await readText(id, source);
    if (host === undefined || text === undefined) continue;
    if (kind === 'HEADER') headers.set(host, text);
    else if (!headers.has(host)) headers.set(host, `Bearer ${text}`);
  }
  return (host) => headers.get(host) ?? headers.get(host.replace(/:\d+$/, ''));
}

/** The `authorization` header for a repository: `GIT_AUTH_HEADER[.<host>]`, or a token in `GIT_AUTH_TOKEN[.<host>]`. */
export async function gitAuthorization(secrets: Secrets, host: string): Promise<string | undefined> {
  const header = await firstOf(secrets, [`GIT_AUTH_HEADER.${host}`, 'GIT_AUTH_HEADER']);
  if (header !== undefined) return header;
  const token = await firstOf(secrets, [`GIT_AUTH_TOKEN.${host}`, 'GIT_AUTH_TOKEN']);
  return token === undefined ? undefined : `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
}

async function firstOf(secrets: Secrets, ids: readonly string[]): Promise<string | undefined> {
  for (const id of ids) {
    const source = secrets[id];
    const text = source === undefined ? undefined : await readText(id, source);
    if (text !== undefined) return text;
  }
  return undefined;
}

async function readText(id: string, source: SecretSource): Promise<string | undefined> {
  return (await readSecret(id, source))?.toString('utf8').trim();
}
