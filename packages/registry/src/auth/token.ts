import { RegistryError } from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import type { Credential } from '../credentials/credentials.ts';
import type { HttpRequest, HttpResponse } from '../http/message.ts';
import type { Scope } from './scope.ts';

const MAX_TOKEN_ANSWER_BYTES = 1024 * 1024;
/** The spec's lifetime of a token that names none. */
const DEFAULT_LIFETIME_SECONDS = 60;
/** What may stand in a header. */
const TOKEN_PATTERN = /^[\x21-\x7e]+$/;

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970 by the clock of this machine. */
  readonly expiresAt: number;
}

/** Where tokens are to be had, as the registry's challenge says. */
export interface TokenService {
  readonly realm: URL;
  readonly service: string | undefined;
}

/**
 * The request for a token: with a refresh token by OAuth2, else with a name and password or anonymously.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export function tokenRequest(
  { realm, service }: TokenService,
  scopes: readonly Scope[],
  credential: Credential | undefined,
): HttpRequest {
  if (credential !== undefined && 'identityToken' in credential) {
    return refreshRequest({ realm, service }, scopes, credential.identityToken);
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential === undefined || !('username' in credential)) return { method: 'GET', url };
  url.searchParams.set('account', credential.username);
  return { method: 'GET', url, headers: { authorization: basicAuthorization(credential) } };
}

function refreshRequest({ realm, service }: TokenService, scopes: readonly Scope[], token: string): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'tsbuild', refresh_token: token });
  if (service !== undefined) form.set('service', service);
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()) };
}

export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Reads a token server's answer. @throws {RegistryError} when there is no usable token in it */
export async function readToken(response: HttpResponse, now: number): Promise<Token> {
  const body = await readAll(response.body, MAX_TOKEN_ANSWER_BYTES, `answer of token server ${response.url.host}`);
  const answer = parseObject(body.toString('utf8'));
  const value = answer?.token ?? answer?.access_token;
  if (typeof value !== 'string' || !TOKEN_PATTERN.test(value)) {
    throw new RegistryError('ERR_TSBUILD_REGISTRY', `token server ${response.url.host} gave no token`);
  }
  const lifetime = answer?.expires_in;
  const seconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : DEFAULT_LIFETIME_SECONDS;
  return { value, expiresAt: now + seconds * 1000 };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
