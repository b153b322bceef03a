import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { covers } from '../auth/scope.ts';
import { readAll } from '../bytes.ts';
import { headerText, jsonReply, type RegistryRequest, type Reply, SpecError } from './message.ts';
import type { RegistryAuth } from './options.ts';
import { repositoryOf } from './routes.ts';

const SERVICE = 'tsbuild-registry';
const DEFAULT_LIFETIME_SECONDS = 300;

/** Decides who may do what. */
export interface Access {
  /** @throws {SpecError} 401 with the challenge */
  check(request: RegistryRequest): void;
  /** Answers at `/token`. */
  issueToken(request: RegistryRequest): Promise<Reply>;
}

type BearerAuth = Extract<RegistryAuth, { type: 'bearer' }>;

export function createAccess(auth: RegistryAuth | undefined, url: () => string): Access {
  if (auth === undefined) return { check: () => undefined, issueToken: noTokens };
  if (auth.type === 'basic') return { check: (request) => checkBasic(auth, request), issueToken: noTokens };
  const secret = randomBytes(32);
  return {
    check: (request) => checkBearer(request, secret, `${url()}/token`),
    issueToken: (request) => issueToken(auth, request, secret),
  };
}

async function noTokens(): Promise<Reply> {
  throw new SpecError(404, 'UNSUPPORTED', 'this registry issues no tokens');
}

function checkBasic({ username, password }: { username: string; password: string }, request: RegistryRequest): void {
  if (headerText(request, 'authorization') === basic(username, password)) return;
  throw unauthorized('Basic realm="tsbuild-registry"');
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function unauthorized(challenge: string): SpecError {
  return new SpecError(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}

function checkBearer(request: RegistryRequest, secret: Buffer, realm: string): void {
  const wanted = wantedScopes(request);
  const token = /^Bearer (.+)$/.exec(headerText(request, 'authorization') ?? '')?.[1];
  const granted = token === undefined ? undefined : readToken(token, secret);
  if (granted !== undefined && wanted.every((scope) => covers(granted, scope))) return;
  const scope = wanted.length === 0 ? '' : `,scope="${mergeByRepository(wanted).join(' ')}"`;
  throw unauthorized(`Bearer realm="${realm}",service="${SERVICE}"${scope}`);
}

/** One scope an action: `repository:<name>:<action>`. */
function wantedScopes({ method, url }: RegistryRequest): string[] {
  const name = repositoryOf(url.pathname);
  if (name === undefined) return [];
  const isRead = method === 'GET' || method === 'HEAD';
  const from = url.searchParams.has('mount') ? url.searchParams.get('from') : null;
  const own = isRead ? 'pull' : method === 'DELETE' && !url.pathname.includes('/uploads/') ? 'delete' : 'push';
  return [`repository:${name}:${own}`, ...(from === null ? [] : [`repository:${from}:pull`])];
}

function mergeByRepository(scopes: readonly string[]): string[] {
  return scopes.map((scope) => scope.replace(/:push$/, ':pull,push'));
}

async function issueToken(auth: BearerAuth, request: RegistryRequest, secret: Buffer): Promise<Reply> {
  const form = await parametersOf(request);
  if (!isKnown(auth, request, form)) throw unauthorized('Basic realm="tsbuild-registry"');
  const scopes = form.getAll('scope').flatMap((text) => text.split(' '));
  const seconds = auth.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const claims = { scopes, expires: Date.now() + seconds * 1000 };
  const token = signed(Buffer.from(JSON.stringify(claims)).toString('base64url'), secret);
  return jsonReply(200, { token, access_token: token, expires_in: seconds, issued_at: new Date().toISOString() });
}

async function parametersOf(request: RegistryRequest): Promise<URLSearchParams> {
  if (request.method !== 'POST') return request.url.searchParams;
  return new URLSearchParams((await readAll(request.body, 64 * 1024, 'form')).toString('utf8'));
}

function isKnown(auth: BearerAuth, request: RegistryRequest, form: URLSearchParams): boolean {
  const { username, password = '', identityToken } = auth;
  if (username === undefined && identityToken === undefined) return true;
  if (identityToken !== undefined && form.get('refresh_token') === identityToken) return true;
  if (username === undefined) return false;
  const isPasswordGrant = form.get('username') === username && form.get('password') === password;
  return isPasswordGrant || headerText(request, 'authorization') === basic(username, password);
}

function signed(payload: string, secret: Buffer): string {
  return `${payload}.${createHmac('sha256', secret).update(payload).digest('base64url')}`;
}

/** The scopes of a token of ours that has not expired. */
function readToken(token: string, secret: Buffer): string[] | undefined {
  const [payload = ''] = token.split('.');
  const expected = Buffer.from(signed(payload, secret));
  const given = Buffer.from(token);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const { scopes, expires } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return expires > Date.now() ? scopes : undefined;
}
