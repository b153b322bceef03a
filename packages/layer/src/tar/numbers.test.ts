import { expect, test } from 'vitest';
import { maxOctal, readNumber, writeOctal } from './numbers.ts';

const read = (text: string): number => readNumber(Buffer.from(text, 'latin1'), 0, text.length);

test('octal numbers fill their field up to a NUL', () => {
  const field = Buffer.alloc(12, 0xff);
  writeOctal(field, 0, 12, 8 * 1024 ** 3 - 1);

  expect(field.toString('latin1')).toBe('77777777777\0');
  expect(maxOctal(12)).toBe(8 * 1024 ** 3 - 1);
});

test('octal and base-256 numbers are read', () => {
  expect(read('00000000012\0')).toBe(10);
  expect(read('    12 ')).toBe(10);
  expect(read('\0\0\0\0')).toBe(0);
  expect(read('\x80\0\0\0\0\0\0\x01')).toBe(1);
  expect(read('\xff\xff\xff\xff\xff\xff\xff\xfe')).toBe(-2);
});

test('anything else is refused', () => {
  expect(() => read('12x4\0')).toThrow('a number in a header is not octal');
  expect(() => read('12 \x001')).toThrow('a number in a header is not octal');
  expect(() => read('00000009\0')).toThrow('a number in a header is not octal');
  expect(() => read('\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff')).toThrow('a number in a header is too large');
});
