import { RegistryError } from '@tsbuild/core';
import { abortable } from '../abortable.ts';
import type { CredentialRequest, CredentialSource, RegistryAction } from '../credentials/credentials.ts';
import { type HttpRequest, type HttpResponse, headersOf } from '../http/message.ts';
import { followUrl } from '../http/redirect.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { createCredentialCache } from './credential-cache.ts';
import { mergeScopes, type Scope, scopeOf } from './scope.ts';
import { createSecrets } from './secrets.ts';
import { basicAuthorization, readToken, type Token, type TokenService, tokenRequest } from './token.ts';
import { createTokenCache } from './token-cache.ts';

/** What a request is about to do. */
export interface AccessNeed {
  /** Empty when the registry itself is asked. */
  readonly repository: string;
  readonly actions: readonly RegistryAction[];
  /** Repository that a mount reads besides. */
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

/** How the registry wants it proved, as it said in its last challenge. */
type Scheme =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly service: TokenService; readonly namedBy: URL };

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { registry, closing } = options;
  const secrets = createSecrets();
  const credentials = createCredentialCache(options.credentials, secrets);
  const tokens = createTokenCache();
  /** Scopes that challenges named beyond those of the need, by the need's own. */
  const wider = new Map<string, readonly Scope[]>();
  let scheme: Scheme | undefined;

  const requestOf = ({ repository, actions }: AccessNeed): CredentialRequest => ({
    registry,
    ...(repository === '' ? {} : { repository }),
    actions,
    signal: closing,
  });
  const tokenFor = (bearer: Extract<Scheme, { kind: 'bearer' }>, need: AccessNeed): Promise<string> => {
    const own = ownScopes(need);
    const scopes = mergeScopes([...own, ...(wider.get(own.join(' ')) ?? [])]);
    return tokens.get(scopes, need.signal, async () => {
      const credential = await credentials.get(requestOf(need));
      const answer = await options.send(tokenRequest(bearer.service, scopes, credential), bearer.namedBy);
      const token = await tokenFrom(answer, registry, scopes);
      secrets.add(token.value);
      return token;
    });
  };
  const authorize = async (need: AccessNeed): Promise<string | undefined> => {
    if (scheme === undefined) return undefined;
    const credential = await abortable(credentials.get(requestOf(need)), need.signal);
    if (credential !== undefined && 'registryToken' in credential) return `Bearer ${credential.registryToken}`;
    if (scheme.kind === 'bearer') return `Bearer ${await tokenFor(scheme, need)}`;
    return credential !== undefined && 'username' in credential ? basicAuthorization(credential) : undefined;
  };
  return {
    authorize,
    async answer(need, unauthorized, refused) {
      const chosen = chooseScheme(unauthorized);
      if (chosen === undefined) return undefined;
      scheme = chosen.scheme;
      if (chosen.scopes.length > 0) wider.set(ownScopes(need).join(' '), chosen.scopes);
      if (refused !== undefined) {
        tokens.forget(refused.replace(/^Bearer /, ''));
        credentials.forget(requestOf(need));
      }
      const authorization = await authorize(need);
      return authorization === refused ? undefined : authorization;
    },
    redact: secrets.redact,
  };
}

function ownScopes({ repository, actions, alsoPull }: AccessNeed): Scope[] {
  if (repository === '') return [];
  const scopes = [scopeOf(repository, actions)];
  return alsoPull === undefined ? scopes : [...scopes, scopeOf(alsoPull, ['pull'])];
}

/** Bearer rather than basic where both would do: a token opens one repository for minutes, a password all for good. */
function chooseScheme(unauthorized: HttpResponse): { scheme: Scheme; scopes: readonly Scope[] } | undefined {
  const challenges = headersOf(unauthorized, 'www-authenticate').flatMap(parseChallenges);
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
  if (bearer !== undefined) return bearerScheme(bearer, unauthorized.url);
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: { kind: 'basic' }, scopes: [] } : undefined;
}

function bearerScheme({ parameters }: Challenge, namedBy: URL): { scheme: Scheme; scopes: readonly Scope[] } {
  const realm = followUrl({ method: 'GET', url: namedBy }, parameters.get('realm') ?? '');
  const service = { realm, service: parameters.get('service') };
  const scopes = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  return { scheme: { kind: 'bearer', service, namedBy }, scopes };
}

async function tokenFrom(answer: HttpResponse, registry: string, scopes: readonly Scope[]): Promise<Token> {
  if (answer.status === 200) return readToken(answer, Date.now());
  await answer.discard();
  const isDenied = answer.status === 401 || answer.status === 403;
  throw new RegistryError(
    isDenied ? 'ERR_TSBUILD_REGISTRY_DENIED' : 'ERR_TSBUILD_REGISTRY',
    `token server ${answer.url.host} of ${registry} answered ${answer.status}${scopes.length === 0 ? '' : ` for ${scopes.join(' ')}`}`,
    { status: answer.status, hint: isDenied ? `check the credentials for ${registry}` : undefined },
  );
}
