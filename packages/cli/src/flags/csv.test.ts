import { expect, test } from 'vitest';
import { readCsvPairs, splitCsv } from './csv.ts';

test.each([
  ['a', ['a']],
  ['', ['']],
  ['type=oci,dest=out.tar', ['type=oci', 'dest=out.tar']],
  ['type=oci,"dest=a,b.tar"', ['type=oci', 'dest=a,b.tar']],
  ['"say ""hi""",x', ['say "hi"', 'x']],
  ['a,,b,', ['a', '', 'b', '']],
  ['"",x', ['', 'x']],
])('%s is split into %j', (text, fields) => {
  expect(splitCsv('--output', text)).toEqual(fields);
});

test.each(['dest="a"', '"a', '"a"b,c', 'a,"b'])('%s is malformed', (text) => {
  expect(() => splitCsv('--output', text)).toThrow(`malformed value of --output: ${text}`);
});

test('keys are lower-cased, values keep their equals signs', () => {
  expect([...readCsvPairs('--secret', 'ID=a,src=b=c,id=d')]).toEqual([
    ['id', 'd'],
    ['src', 'b=c'],
  ]);
});

test.each(['type', '=x', 'type=oci,'])('%s has a field without key or value', (text) => {
  expect(() => readCsvPairs('--output', text)).toThrow(`malformed value of --output: ${text}`);
});

test('a long hostile value is read in one pass', () => {
  expect(splitCsv('--output', ','.repeat(100_000))).toHaveLength(100_001);
  expect(() => splitCsv('--output', `"${'""'.repeat(100_000)}`)).toThrow('malformed');
});
