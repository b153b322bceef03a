import { RegistryError } from '@tsbuild/core';
import { abortable } from '../abortable.ts';
import type { Credential, CredentialRequest, CredentialSource, RegistryAction } from '../credentials/credentials.ts';
import { type HttpRequest, type HttpResponse, headersOf } from '../http/message.ts';
import { followUrl } from '../http/redirect.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { covers, mergeScopes, type Scope, scopeOf } from './scope.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { basicAuthorization, readToken, type Token, type TokenService, tokenRequest } from './token.ts';

/** Tokens are given up this long before they expire, so that none expires on its way. */
const EXPIRY_MARGIN = 10_000;

/** What a request is about to do. */
export interface AccessNeed {
  readonly repository: string;
  readonly actions: readonly RegistryAction[];
  /** Repositories that a mount reads besides. */
  readonly alsoPull?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Proves to one registry who asks, reusing what proved it before. */
export interface Authorizer {
  /** The `Authorization` that the request should carry, undefined while none was asked for. */
  authorize(need: AccessNeed): Promise<string | undefined>;
  /** A better `Authorization` than `refused`, after a 401; undefined when there is none. */
  answer(need: AccessNeed, unauthorized: HttpResponse, refused: string | undefined): Promise<string | undefined>;
  /** Takes every secret it knows out of a text. */
  redact(text: string): string;
}

export interface AuthorizerOptions {
  /** Host as it stands in image names. */
  readonly registry: string;
  readonly credentials: CredentialSource;
  /** Sends a request to the token server that `challenged` was told of. */
  readonly send: (request: HttpRequest, challenged: URL) => Promise<HttpResponse>;
  /** Aborted when the client closes. Requests share credentials and tokens, so no single one's signal may end them. */
  readonly closing: AbortSignal;
}

type Scheme = { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly service: TokenService };

interface CachedToken {
  readonly scopes: readonly Scope[];
  readonly token: Promise<Token>;
  /** Of the token, once it has come. */
  value?: string;
}

export function createAuthorizer({ registry, credentials, send, closing }: AuthorizerOptions): Authorizer {
  const secrets = createSecrets();
  const known = new Map<string, Promise<Credential | undefined>>();
  const wider = new Map<string, readonly Scope[]>();
  let tokens: CachedToken[] = [];
  let scheme: Scheme | undefined;
  let origin: URL | undefined;

  const credentialFor = (need: AccessNeed): Promise<Credential | undefined> => {
    const key = ownScopes(need).join(' ');
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const { repository, actions } = need;
    const credential = askCredential(credentials, { registry, repository, actions, signal: closing }, secrets);
    known.set(key, credential);
    credential.catch(() => known.delete(key));
    return credential;
  };
  const tokenFor = async (service: TokenService, need: AccessNeed, named: URL): Promise<string> => {
    const wanted = ownScopes(need);
    const scopes = mergeScopes([...wanted, ...(wider.get(wanted.join(' ')) ?? [])]);
    const cached = tokens.find((entry) => scopes.every((scope) => covers(entry.scopes, scope)));
    if (cached !== undefined) {
      const token = await abortable(cached.token, need.signal);
      if (token.expiresAt - EXPIRY_MARGIN > Date.now()) return token.value;
      tokens = tokens.filter((entry) => entry !== cached);
    }
    const entry: CachedToken = { scopes, token: fetchToken(service, scopes, need, named) };
    tokens.push(entry);
    entry.token.then(
      ({ value }) => {
        entry.value = value;
      },
      () => {
        tokens = tokens.filter((other) => other !== entry);
      },
    );
    return (await abortable(entry.token, need.signal)).value;
  };
  const fetchToken = async (
    service: TokenService,
    scopes: readonly Scope[],
    need: AccessNeed,
    named: URL,
  ): Promise<Token> => {
    const response = await send(tokenRequest(service, scopes, await credentialFor(need)), named);
    if (response.status !== 200) throw await tokenRefused(response, registry, scopes);
    const token = await readToken(response, Date.now());
    secrets.add(token.value);
    return token;
  };
  const authorize = async (need: AccessNeed): Promise<string | undefined> => {
    if (scheme === undefined || origin === undefined) return undefined;
    const credential = await abortable(credentialFor(need), need.signal);
    if (credential !== undefined && 'registryToken' in credential) return `Bearer ${credential.registryToken}`;
    if (scheme.kind === 'bearer') return `Bearer ${await tokenFor(scheme.service, need, origin)}`;
    return credential !== undefined && 'username' in credential ? basicAuthorization(credential) : undefined;
  };
  const forget = (refused: string, need: AccessNeed): void => {
    tokens = tokens.filter(({ value }) => value === undefined || `Bearer ${value}` !== refused);
    known.delete(ownScopes(need).join(' '));
  };

  return {
    authorize,
    async answer(need, unauthorized, refused) {
      const challenges = headersOf(unauthorized, 'www-authenticate').flatMap(parseChallenges);
      const chosen = chooseScheme(challenges, unauthorized);
      if (chosen === undefined) return undefined;
      scheme = chosen.scheme;
      origin = unauthorized.url;
      if (chosen.scopes.length > 0) wider.set(ownScopes(need).join(' '), chosen.scopes);
      if (refused !== undefined) forget(refused, need);
      const authorization = await authorize(need);
      return authorization === refused ? undefined : authorization;
    },
    redact: secrets.redact,
  };
}

function ownScopes({ repository, actions, alsoPull }: AccessNeed): Scope[] {
  const scopes = [scopeOf(repository, actions)];
  return alsoPull === undefined ? scopes : [...scopes, scopeOf(alsoPull, ['pull'])];
}

async function askCredential(
  credentials: CredentialSource,
  request: CredentialRequest,
  secrets: Secrets,
): Promise<Credential | undefined> {
  const credential = await credentials(request);
  if (credential === undefined) return undefined;
  if ('username' in credential) secrets.add(credential.password, basicAuthorization(credential).slice('Basic '.length));
  if ('identityToken' in credential) secrets.add(credential.identityToken);
  if ('registryToken' in credential) secrets.add(credential.registryToken);
  return credential;
}

/** Bearer rather than basic where both would do: a token opens one repository for minutes, a password all for good. */
function chooseScheme(
  challenges: readonly Challenge[],
  unauthorized: HttpResponse,
): { scheme: Scheme; scopes: readonly Scope[] } | undefined {
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
  if (bearer !== undefined) {
    const realm = followUrl({ method: 'GET', url: unauthorized.url }, bearer.parameters.get('realm') ?? '');
    const service = bearer.parameters.get('service');
    const scopes = (bearer.parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    return { scheme: { kind: 'bearer', service: { realm, service } }, scopes };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: { kind: 'basic' }, scopes: [] } : undefined;
}

async function tokenRefused(
  response: HttpResponse,
  registry: string,
  scopes: readonly Scope[],
): Promise<RegistryError> {
  await response.discard();
  const isDenied = response.status === 401 || response.status === 403;
  return new RegistryError(
    isDenied ? 'ERR_TSBUILD_REGISTRY_DENIED' : 'ERR_TSBUILD_REGISTRY',
    `token server ${response.url.host} of ${registry} answered ${response.status} for ${scopes.join(' ')}`,
    { status: response.status, hint: isDenied ? `check the credentials for ${registry}` : undefined },
  );
}
