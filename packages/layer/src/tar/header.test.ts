import { expect, test } from 'vitest';
import { header } from '../../test/archive.ts';
import { isZeroBlock, readHeader, writeUstar } from './header.ts';

const FIELDS = {
  name: 'app/hello.txt',
  prefix: '',
  mode: 0o4755,
  uid: 1000,
  gid: 100,
  size: 12,
  mtime: 1_700_000_000,
  type: 0x30,
  linkName: '',
  major: 0,
  minor: 0,
};

test('a header has every byte where POSIX says', () => {
  const block = Buffer.alloc(512, 0xff);
  writeUstar(block, 0, FIELDS);

  expect(block.toString('latin1')).toBe(
    'app/hello.txt'.padEnd(100, '\0') +
      '0004755\0' +
      '0001750\0' +
      '0000144\0' +
      '00000000014\0' +
      '14524770400\0' +
      '011723\0 ' +
      '0' +
      '\0'.repeat(100) +
      'ustar\0' +
      '00' +
      '\0'.repeat(64) +
      '0000000\0' +
      '0000000\0' +
      '\0'.repeat(167),
  );
});

test('a header is read back as it was written', () => {
  const block = Buffer.alloc(512);
  writeUstar(block, 0, { ...FIELDS, name: 'name', prefix: 'some/prefix', type: 0x33, major: 1, minor: 3 });

  const raw = readHeader(block);

  expect(raw).toMatchObject({ mode: 0o4755, uid: 1000, gid: 100, size: 12, mtime: 1_700_000_000, major: 1, minor: 3 });
  expect(raw.name.toString()).toBe('some/prefix/name');
});

test('numbers may be base-256, and octal with blanks around', () => {
  const size = '\x80\0\0\0\0\0\0\x02\0\0\0\0';
  const mtime = '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe';

  const raw = readHeader(header({ name: 'big', size, mtime, mode: '   644 \0', uid: '\0\0\0\0\0\0\0\0' }));

  expect(raw).toMatchObject({ size: 8 * 1024 ** 3, mtime: -2, mode: 0o644, uid: 0 });
});

test('the prefix of a GNU header is not part of the name', () => {
  const raw = readHeader(header({ name: 'name', magic: 'ustar  \0', prefix: '12345670123' }));

  expect(raw.name.toString()).toBe('name');
});

test('a checksum over signed bytes is accepted, as old writers made it', () => {
  const block = header({ name: 'caf\xe9' });
  const unsigned = Number.parseInt(block.toString('latin1', 148, 154), 8);
  block.write((unsigned - 256).toString(8).padStart(6, '0'), 148, 'latin1');

  expect(readHeader(block).name.toString('latin1')).toBe('caf\xe9');
});

test('a block of zeros is told from a header without a name', () => {
  expect(isZeroBlock(Buffer.alloc(512))).toBe(true);
  expect(isZeroBlock(header({ name: '' }))).toBe(false);
});
