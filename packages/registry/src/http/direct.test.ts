import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { expect, test } from 'vitest';
import { listening, openTransport } from '../../../../test/support/registry/transport.ts';
import type { HttpRequest } from './message.ts';

const CHUNK = Buffer.alloc(64 * 1024);

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of body) pieces.push(bytes);
  return Buffer.concat(pieces).toString();
}

test('one connection serves requests that come after each other', async () => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(200, ['x-name', 'a', 'X-Name', 'b, c', 'content-length', '2']).end('ok');
  });
  await using place = await listening(server);
  await using transport = openTransport();

  const first = await transport.send({ method: 'GET', url: place.url });
  await first.discard();
  const second = await transport.send({ method: 'POST', url: place.url, body: Buffer.from('body') });

  expect(await textOf(second.body)).toBe('ok');
  expect(second).toMatchObject({ status: 200, headers: { 'x-name': ['a', 'b, c'], 'content-length': '2' } });
  expect(asked.map(({ method, url, headers }) => [method, url, headers['content-length']])).toEqual([
    ['GET', '/blob?x=1', undefined],
    ['POST', '/blob?x=1', '4'],
  ]);
  expect(new Set(asked.map(({ socket }) => socket)).size).toBe(1);
});

test('a signal that aborts after the answer ends no later request of the connection', async () => {
  const asked: IncomingMessage[] = [];
  const over = new AbortController();
  const server = createServer((request, response) => {
    asked.push(request);
    if (asked.length === 1) response.end('first');
    else over.abort();
    if (asked.length > 1) setImmediate(() => response.end('second'));
  });
  await using place = await listening(server);
  await using transport = openTransport();

  const first = await transport.send({ method: 'GET', url: place.url, signal: over.signal });
  const firstText = await textOf(first.body);
  const second = await transport.send({ method: 'GET', url: place.url });

  expect([firstText, await textOf(second.body)]).toEqual(['first', 'second']);
  expect(new Set(asked.map(({ socket }) => socket)).size).toBe(1);
});

test('a signal that aborts while an answer is not read to its end harms nobody', async () => {
  const over = new AbortController();
  const server = createServer((_, response) => response.writeHead(200, { 'content-length': '5' }).end('whole'));
  await using place = await listening(server);
  await using transport = openTransport();

  const { body } = await transport.send({ method: 'GET', url: place.url, signal: over.signal });
  const pieces = body[Symbol.asyncIterator]();
  await pieces.next();
  over.abort();
  await pieces.return?.();
  const next = await transport.send({ method: 'GET', url: place.url }); // an error of the socket would end the process by now

  expect(await textOf(next.body)).toBe('whole');
});

test.each(['head', 'body'])(
  'a request fails with the reason of its signal while it waits for the %s of its answer',
  async (part) => {
    const over = new AbortController();
    const server = createServer((_, response) => {
      if (part === 'body') response.writeHead(200, { 'content-length': '10' }).write('begin');
      setImmediate(() => over.abort(new Error('no longer')));
    });
    await using place = await listening(server);
    await using transport = openTransport();

    const answer = transport.send({ method: 'GET', url: place.url, signal: over.signal });

    await expect(answer.then(({ body }) => textOf(body))).rejects.toThrow('no longer');
    server.closeAllConnections();
  },
);

test('an answer that comes before all was sent ends the sending', async () => {
  let isClosed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield CHUNK;
    } finally {
      isClosed = true;
    }
  }
  await using place = await listening(createServer((_, response) => response.writeHead(413).end('too large')));
  await using transport = openTransport();

  const answer = await transport.send({ method: 'PUT', url: place.url, body: endless() });

  expect([answer.status, await textOf(answer.body)]).toEqual([413, 'too large']);
  await expect.poll(() => isClosed).toBe(true);
});

test('a body that is not as long as announced fails, and is not waited for', async () => {
  async function* short(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('short');
  }
  await using place = await listening(createServer((request, response) => request.on('end', () => response.end())));
  await using transport = openTransport();
  const request: HttpRequest = { method: 'PUT', url: place.url, headers: { 'content-length': '10' }, body: short() };

  await expect(transport.send(request)).rejects.toThrow('the body has 5 bytes where 10 were announced');
});

test.each([
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    'the connection was cut',
  ],
  ['a head without an end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}`, 'the head of its answer is too large'],
  ['no HTTP', 'SSH-2.0-OpenSSH\r\n', 'its answer is not HTTP'],
])('%s is told as such', async (_, said, problem) => {
  await using place = await listening(createTcpServer((socket) => socket.on('error', () => undefined).write(said)));
  await using transport = openTransport();

  await expect(transport.send({ method: 'GET', url: place.url })).rejects.toThrow(problem);
});

test('a server that says nothing is not waited for, and neither is one that stops', async () => {
  const server = createServer((request, response) => {
    if (request.method === 'POST') response.writeHead(200, { 'content-length': 10 }).write('begin');
  });
  await using place = await listening(server);
  await using transport = openTransport({}, { headers: 50 });

  await expect(transport.send({ method: 'GET', url: place.url })).rejects.toThrow('no answer in time');
  await using patient = openTransport({}, { bodyIdle: 50 });
  const begun = await patient.send({ method: 'POST', url: place.url });
  await expect(textOf(begun.body)).rejects.toThrow('the transfer stalled');
});
