import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { once } from '../../once.ts';
import { createHttpClient } from './http-client.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers as `answer` says, and keeps what was asked: method, path, and who asked. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    asked.push(`${method} ${url} ${headers.authorization ?? '-'} ${headers['x-key'] ?? '-'}`);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, port: (server.address() as AddressInfo).port };
}

function leadTo(location: string, status = 302) {
  return (_: IncomingMessage, response: ServerResponse) => void response.writeHead(status, { location }).end();
}

async function textOf(body: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (body === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const bytes of body) chunks.push(Uint8Array.from(bytes));
  return Buffer.concat(chunks).toString();
}

const BASIC = `Basic ${btoa('ci:secret')}`;

test('a read is led on; another host is told nothing of who asks', async () => {
  const elsewhere = await serve((_, response) => response.end('content'));
  const first = await serve((request, response) =>
    leadTo(request.url === '/ac/1' ? '/ac/2' : `http://127.0.0.1:${elsewhere.port}/content`)(request, response),
  );
  const client = createHttpClient({ url: `http://ci:secret@127.0.0.1:${first.port}`, headers: { 'X-Key': 'k' } });

  expect(await textOf(await client.get('ac/1', undefined))).toBe('content');
  expect(await client.exists('ac/1', undefined)).toBe(true);

  expect(first.asked.slice(0, 2)).toEqual([`GET /ac/1 ${BASIC} k`, `GET /ac/2 ${BASIC} k`]);
  expect(elsewhere.asked).toEqual(['GET /content - -', 'HEAD /content - -']);
});

test('it is not led in circles', async () => {
  const server = await serve(leadTo('/ac/1'));
  const client = createHttpClient({ url: `http://127.0.0.1:${server.port}` });

  await expect(client.get('ac/1', undefined)).rejects.toThrow(
    `cache server 127.0.0.1:${server.port} is not followed: it redirects more than 5 times`,
  );
  expect(server.asked.length).toBe(6);
});

test('what is written is not led elsewhere', async () => {
  const elsewhere = await serve((_, response) => response.end());
  const server = await serve(leadTo(`http://127.0.0.1:${elsewhere.port}/`, 307));
  const client = createHttpClient({ url: `http://127.0.0.1:${server.port}` });

  await expect(client.put('cas/1', 1, once(Buffer.from('x')), undefined)).rejects.toThrow(
    'it answered 307 to PUT cas/1',
  );
  expect(elsewhere.asked).toEqual([]);
});

test('what is written arrives with its length, below the path of the URL', async () => {
  const received: string[] = [];
  const server = await serve(async (request, response) => {
    received.push(`${request.headers['content-length']} ${await textOf(request)}`);
    response.writeHead(201).end();
  });
  const client = createHttpClient({ url: `http://127.0.0.1:${server.port}/cache` });

  await client.put('cas/1', 7, once(Buffer.from('content')), undefined);

  expect([server.asked, received]).toEqual([['PUT /cache/cas/1 - -'], ['7 content']]);
});

test('who gives up waiting gets his reason', async () => {
  const server = await serve(() => undefined);
  const client = createHttpClient({ url: `http://127.0.0.1:${server.port}` });
  const stop = new AbortController();
  const asked = client.get('ac/1', stop.signal);
  stop.abort(new Error('enough'));

  await expect(asked).rejects.toThrow('enough');
});
