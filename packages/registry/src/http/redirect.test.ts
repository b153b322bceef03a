import { expect, test } from 'vitest';
import { followUrl, headersFor, isGuarded } from './redirect.ts';

const from = (url: string) => ({ method: 'GET', url: new URL(url) }) as const;

test.each([
  ['https://registry.test/v2/', '/v2/next', 'https://registry.test/v2/next'],
  ['https://registry.test/v2/', 'https://cdn.test/blob?signature=1', 'https://cdn.test/blob?signature=1'],
  ['http://registry.test/v2/', 'https://registry.test/v2/', 'https://registry.test/v2/'],
  ['http://10.0.0.1/v2/', 'http://10.0.0.2/v2/', 'http://10.0.0.2/v2/'],
  ['http://127.0.0.1:5000/v2/', 'http://localhost:5001/v2/', 'http://localhost:5001/v2/'],
  ['https://registry.test/', 'https://user:password@cdn.test/#part', 'https://cdn.test/'],
])('%s may point to %s', (start, location, expected) => {
  expect(followUrl(from(start), location).href).toBe(expected);
});

test.each([
  ['https://registry.test/', 'http://registry.test/', 'it points from https to plain http: http://registry.test/'],
  ['https://registry.test/', 'https://127.0.0.1/', 'it points to a loopback address: https://127.0.0.1/'],
  ['https://registry.test/', 'https://localhost/?password=1', 'it points to a loopback address: https://localhost/'],
  ['https://registry.test/', 'https://0x7f.1/', 'it points to a loopback address: https://127.0.0.1/'],
  ['https://registry.test/', 'https://[::ffff:7f00:1]/', 'it points to a loopback address: https://[::ffff:7f00:1]/'],
  ['https://registry.test/', 'https://169.254.169.254/', 'it points to a link-local address: https://169.254.169.254/'],
  ['http://10.0.0.1/', 'http://0.0.0.0/', 'it points to a loopback address: http://0.0.0.0/'],
  ['https://registry.test/', 'javascript:alert(1)', 'it points to something that is not an HTTP address'],
  ['https://registry.test/', 'https://', 'it points to something that is not an HTTP address'],
])('%s may not point to %s', (start, location, problem) => {
  expect(() => followUrl(from(start), location)).toThrow(`registry ${new URL(start).host} is not followed: ${problem}`);
});

test('authorization goes to the same host, port and scheme only', () => {
  const headers = { authorization: 'Bearer x', 'x-api-key': 'x', accept: '*/*' };
  const registry = new URL('https://registry.test/v2/');
  expect(headersFor(new URL('https://registry.test/blob'), registry, headers)).toEqual(headers);
  expect(headersFor(new URL('https://registry.test:8443/'), registry, headers)).toEqual({ accept: '*/*' });
  expect(headersFor(new URL('https://cdn.registry.test/'), registry, headers)).toEqual({ accept: '*/*' });
});

test('names that another host gave are looked up with care', () => {
  expect(isGuarded(new URL('https://registry.test/'), new URL('https://cdn.test/'))).toBe(true);
  expect(isGuarded(new URL('https://registry.test/'), new URL('https://registry.test/'))).toBe(false);
  expect(isGuarded(new URL('http://127.0.0.1/'), new URL('http://registry.test/'))).toBe(false);
});
