import { createHash, createSign, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface TokenServer extends AsyncDisposable {
  readonly realm: string;
  /** Scopes asked for, one entry a token given out. */
  readonly issued: string[][];
}

export interface TokenServerOptions {
  readonly issuer: string;
  readonly service: string;
  readonly certificate: X509Certificate;
  /** PEM of an RSA key. */
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

/** Gives out the tokens that `docker-registry` takes: JWTs signed with RS256, to one user, for whatever is asked. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const issued: string[][] = [];
  const expected = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const scopes = new URL(request.url ?? '/', 'http://token.invalid').searchParams.getAll('scope');
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    issued.push(scopes);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: signToken(options, scopes), expires_in: 60 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    issued,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function signToken({ issuer, service, certificate, key }: TokenServerOptions, scopes: readonly string[]): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'RS256', x5c: [certificate.raw.toString('base64')] };
  const claims = {
    iss: issuer,
    sub: 'user',
    aud: service,
    exp: now + 60,
    nbf: now - 10,
    iat: now,
    jti: createHash('sha256').update(scopes.join()).digest('hex'),
    access: scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    }),
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}
