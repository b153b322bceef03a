import { expect, test } from 'vitest';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { parseByteSize } from './byte-size.ts';
import { parseCsvFields } from './csv.ts';
import { parseDuration } from './duration.ts';
import { expandPorts } from './ports.ts';
import { parseStopSignal } from './stop-signal.ts';

test.each([
  ['0', 0],
  ['1m30s', 90e9],
  ['1.5h', 5400e9],
  ['.5s', 5e8],
  ['3us', 3000],
  ['-2s', -2e9],
  ['+1ms', 1e6],
])('the duration %s', (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds);
});

test.each(['', '1', 's', '1x', '1s ', '--1s', '1e3s', '9999999999h'])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow('invalid duration');
});

function ports(...words: string[]): string[] {
  const instruction = parseDockerfile(`FROM scratch\nEXPOSE ${words.join(' ')}`).stages[0]?.instructions[0];
  if (instruction?.kind !== 'EXPOSE') throw new Error('not an EXPOSE');
  return expandPorts(instruction, new Map([['P', '8080 81/udp']]));
}

test('ports are sorted as text, ranges written out and protocols in lower case', () => {
  expect(ports('90', '80/udp', '70-71')).toEqual(['70/tcp', '71/tcp', '80/udp', '90/tcp']);
  expect(ports('0080', '443/TCP', '$P')).toEqual(['8080/tcp', '81/udp', '80/tcp', '443/tcp']);
});

test('of a mapping only the port of the container counts', () => {
  expect(ports('8080:80')).toEqual(['80/tcp']);
  expect(ports('127.0.0.1:8080:80')).toEqual(['80/tcp']);
  expect(ports('[::1]:8080:80')).toEqual(['80/tcp']);
});

test.each(['http', '80/icmp', '65536', '20-10', '-1', '/tcp', '1-2:3-5', 'x:80', '1.2.3:1:2'])(
  'EXPOSE %s is refused',
  (word) => {
    expect(() => ports(word)).toThrow('invalid port');
  },
);

test.each(['9', '99', 'SIGUSR1', 'term', 'SIGRTMIN+3', 'RTMAX-14'])('STOPSIGNAL %s', (signal) => {
  expect(parseStopSignal(signal)).toBe(signal);
});

test.each(['SIGNOPE', '0', '', 'SIGTERM SIGKILL', 'RTMIN+16'])('STOPSIGNAL %j is refused', (signal) => {
  expect(() => parseStopSignal(signal)).toThrow('invalid signal');
});

test.each([
  ['4096', 4096],
  ['64m', 67_108_864],
  ['1.5GiB', 1_610_612_736],
  ['1 kb', 1024],
  ['12b', 12],
  ['m', undefined],
  ['-1', undefined],
])('the size %s', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test('CSV fields may be quoted as a whole', () => {
  expect(parseCsvFields('a=b,"c=d,e",,"f""g"')).toEqual(['a=b', 'c=d,e', '', 'f"g']);
  expect(() => parseCsvFields('a"b')).toThrow('bare "');
  expect(() => parseCsvFields('"a"b')).toThrow('text after a quoted field');
  expect(() => parseCsvFields('"a')).toThrow('missing "');
});
