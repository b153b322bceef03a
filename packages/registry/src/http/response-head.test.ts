import { expect, test } from 'vitest';
import { parseResponseHead } from './response-head.ts';

const head = (...lines: readonly string[]): string => lines.join('\r\n');

test('a head says its status, its fields and the length of its body', () => {
  const text = head('HTTP/1.1 206 Partial Content', 'Content-Length: 1200', 'X-Two:\t a  b ', 'x-two: c');

  expect(parseResponseHead(text)).toEqual({
    status: 206,
    headers: { 'content-length': '1200', 'x-two': 'a  b' },
    length: 1200,
  });
});

test.each([
  ['in pieces', head('HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked')],
  ['without a length', head('HTTP/1.1 200 OK', 'Content-Type: text/plain')],
  ['with two lengths', head('HTTP/1.1 200 OK', 'Content-Length: 5', 'content-length: 6')],
  ['with a length that is none', head('HTTP/1.1 200 OK', 'Content-Length: 5, 5')],
  ['that is not the last', head('HTTP/1.1 103 Early Hints', 'Content-Length: 5')],
  ['of another protocol', head('ICY 200 OK', 'Content-Length: 5')],
  ['with a folded line', head('HTTP/1.1 200 OK', 'X: a', ' b', 'Content-Length: 5')],
  ['with a space before the colon', head('HTTP/1.1 200 OK', 'Content-Length : 5')],
  ['with a bare line feed', head('HTTP/1.1 200 OK', 'X: a\nContent-Length: 5', 'Content-Length: 6')],
  ['without a status', head('HTTP/1.1 OK', 'Content-Length: 5')],
])('an answer %s is for somebody else', (_, text) => {
  expect(parseResponseHead(text)).toBeUndefined();
});

test('names that objects have are fields like any other', () => {
  const { headers } = parseResponseHead(head('HTTP/1.0 200', '__proto__: x', 'Content-Length: 0')) ?? {};

  expect(Object.keys(headers ?? {})).toEqual(['__proto__', 'content-length']);
});
