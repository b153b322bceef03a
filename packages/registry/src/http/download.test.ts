import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testWith } from '../../../../test/support/parts.ts';
import { makeCertificates } from '../../../../test/support/registry/certificates.ts';
import { noise } from '../../../../test/support/registry/sample-image.ts';
import { listening, openTransport } from '../../../../test/support/registry/transport.ts';
import { openTempFolder } from '../../../../test/support/temp-folder.ts';

const MEGABYTE = 1024 * 1024;

/** Answers with `bytes`, and keeps what was asked. */
function serving(bytes: Buffer, asked: IncomingMessage[] = []): RequestListener {
  return (request, response) => {
    asked.push(request);
    response.writeHead(200, { 'content-length': bytes.length, 'x-name': 'value' }).end(bytes);
  };
}

async function bodyOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of body) chunks.push(Uint8Array.from(bytes));
  return Buffer.concat(chunks);
}

test('a large body comes whole to a reader that is slow', async () => {
  const bytes = noise('large', 20 * MEGABYTE);
  const asked: IncomingMessage[] = [];
  await using place = await listening(createServer(serving(bytes, asked)));
  await using transport = openTransport();

  const headers = { accept: '*/*', authorization: 'Bearer word' };
  const answer = await transport.send({ method: 'GET', url: place.url, headers, isLarge: true });

  let at = 0;
  for await (const piece of answer.body) {
    expect(bytes.subarray(at, at + piece.byteLength).equals(piece)).toBe(true);
    at += piece.byteLength;
    await nextTurn();
  }
  expect(at).toBe(bytes.length);
  expect(answer).toMatchObject({ status: 200, headers: { 'x-name': 'value' }, url: place.url });
  expect(asked.map(({ url }) => url)).toEqual(['/blob?x=1']);
  expect(asked[0]?.headers).toEqual({
    host: place.url.host,
    connection: 'close',
    'user-agent': 'tests',
    accept: '*/*',
    authorization: 'Bearer word',
  });
});

test('an answer of another kind is asked for again in the usual way', async () => {
  const bytes = noise('chunked', MEGABYTE);
  const connections: (string | undefined)[] = [];
  await using place = await listening(
    createServer((request, response: ServerResponse) => {
      connections.push(request.headers.connection);
      response.write(bytes.subarray(0, 1000));
      response.end(bytes.subarray(1000));
    }),
  );
  await using transport = openTransport();

  const answer = await transport.send({ method: 'GET', url: place.url, isLarge: true });

  expect((await bodyOf(answer.body)).equals(bytes)).toBe(true);
  expect(connections).toEqual(['close', 'keep-alive']);
});

test('a refusal is an answer, with its body', async () => {
  await using place = await listening(
    createServer((_, response) => response.writeHead(403, { 'content-length': 2 }).end('no')),
  );
  await using transport = openTransport();

  const answer = await transport.send({ method: 'GET', url: place.url, isLarge: true });

  expect(answer.status).toBe(403);
  expect((await bodyOf(answer.body)).toString()).toBe('no');
});

/** Says a few bytes to whoever connects, and then ends the connection or not. */
function saying(text: string, thenEnds: boolean): Server {
  return createTcpServer((socket) => {
    socket.on('error', () => undefined).write(text);
    if (thenEnds) socket.end();
    else setTimeout(() => socket.destroy(), 20_000).unref();
  });
}

test.each([
  ['a body that ends too early', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort', {}, 'the connection was cut'],
  ['no answer', '', {}, 'the connection was cut'],
  ['half a head', 'HTTP/1.1 200 OK\r\nConte', { headers: 50 }, 'no answer in time'],
  ['a body that stalls', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsh', { bodyIdle: 50 }, 'the transfer stalled'],
])('%s is a failure that may pass', async (_, text, timeouts, problem) => {
  await using place = await listening(saying(text, Object.keys(timeouts).length === 0));
  await using transport = openTransport({}, timeouts);
  const read = async (): Promise<Buffer> =>
    bodyOf((await transport.send({ method: 'GET', url: place.url, isLarge: true })).body);

  await expect(read()).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    message: `registry ${place.url.host} cannot be reached: ${problem}`,
    isTemporary: true,
  });
});

test('a signal ends the wait for the head and for the body', async () => {
  await using silent = await listening(saying('', false));
  await using stalled = await listening(saying('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsh', false));
  await using transport = openTransport();
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = transport.send({ method: 'GET', url: silent.url, isLarge: true, signal });
  const answer = await transport.send({ method: 'GET', url: stalled.url, isLarge: true, signal });
  const reading = bodyOf(answer.body);

  controller.abort(new Error('changed my mind'));

  await expect(waiting).rejects.toThrow('changed my mind');
  await expect(reading).rejects.toThrow('changed my mind');
});

test.each([false, true])(
  'a name that another host gave may not be this machine, however large (%s) the answer',
  async (isLarge) => {
    const asked: IncomingMessage[] = [];
    await using place = await listening(createServer(serving(Buffer.alloc(1), asked)));
    await using transport = openTransport();
    const url = new URL(place.url.href.replace('127.0.0.1', 'localhost'));

    await expect(transport.send({ method: 'GET', url, isLarge }, true)).rejects.toMatchObject({
      message: `registry ${url.host} cannot be reached: a remote registry pointed to an address of this machine or its link`,
    });
    expect(asked).toEqual([]);
  },
);

test('a header that would be two is not sent', async () => {
  const asked: IncomingMessage[] = [];
  await using place = await listening(createServer(serving(Buffer.alloc(1), asked)));
  await using transport = openTransport();
  const headers = { authorization: 'Bearer a\r\nX-Other: b' };

  await expect(transport.send({ method: 'GET', url: place.url, headers, isLarge: true })).rejects.toThrow(
    /the header authorization has characters/,
  );
  expect(asked).toEqual([]);
});

testWith('openssl')('TLS is trusted as elsewhere: an authority that is given, and no other', async () => {
  await using folder = await openTempFolder();
  const { cert, key, ca } = await makeCertificates(folder);
  const bytes = noise('tls', 2 * MEGABYTE);
  await using place = await listening(createTlsServer({ cert, key }, serving(bytes)), 'https');
  await using trusting = openTransport({ ca });
  await using stranger = openTransport();

  const answer = await trusting.send({ method: 'GET', url: place.url, isLarge: true });

  expect((await bodyOf(answer.body)).equals(bytes)).toBe(true);
  await expect(stranger.send({ method: 'GET', url: place.url, isLarge: true })).rejects.toMatchObject({
    message: `registry ${place.url.host} cannot be reached: its certificate is not trusted`,
  });
});
