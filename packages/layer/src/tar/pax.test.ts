import { expect, test } from 'vitest';
import { encodePax, parsePax, paxInteger, paxTime } from './pax.ts';

test('the length of a record counts its own digits', () => {
  const record = (bytes: number): string =>
    encodePax(new Map([['k', Buffer.alloc(bytes, 'v')]])).toString('latin1', 0, 6);

  expect(encodePax(new Map([['k', Buffer.from('v')]])).toString()).toBe('6 k=v\n');
  expect(record(3)).toBe('8 k=vv');
  expect(record(4)).toBe('9 k=vv');
  expect(record(5)).toBe('11 k=v');
  expect(record(93)).toBe('99 k=v');
  expect(record(94)).toBe('101 k=');
});

test('records are read back, binary values too', () => {
  const records = new Map([
    ['a', Buffer.from('1')],
    ['b', Buffer.from([0, 10, 61, 255])],
  ]);

  expect(parsePax(encodePax(records))).toEqual(records);
  expect(parsePax(Buffer.from('5 a=\n'))).toEqual(new Map([['a', Buffer.alloc(0)]]));
});

test.each([
  ['no length', 'path=a\n'],
  ['a length that is no number', 'x path=a\n'],
  ['a length beyond the end', '99 path=a\n'],
  ['a length that ends before the newline', '8 path=abc\n'],
  ['a negative length', '-9 path=a\n'],
  ['a length of nothing', '0 path=a\n'],
  ['no key', '6 =aa\n'],
  ['no equals sign', '7 path\n'],
  ['no newline', '8 path=a'],
])('a record with %s is refused', (_what, body) => {
  expect(() => parsePax(Buffer.from(body))).toThrow('a PAX header has a malformed record');
});

test('numbers and times are decimal', () => {
  expect(paxInteger('size', Buffer.from('8589934592'))).toBe(8_589_934_592);
  expect(paxTime('mtime', Buffer.from('-1.5'))).toBe(-1.5);
  expect(() => paxInteger('size', Buffer.from('0x10'))).toThrow('PAX record size is not a number');
  expect(() => paxInteger('size', Buffer.from('9007199254740993'))).toThrow('PAX record size is not a number');
  expect(() => paxTime('mtime', Buffer.from('now'))).toThrow('PAX record mtime is not a time');
});
